//! Modules of each crate depend on one another in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{File, ItemMod, ItemUse, UseTree};

/// A module, as its path from the root of its crate.
type Name = Vec<String>;

/// A module, with the paths it names in other modules.
#[derive(Default)]
struct Module {
    /// Imported paths, by the name they have in this module.
    imports: BTreeMap<String, Vec<String>>,
    /// Every path that the module names, imported or not.
    paths: Vec<Vec<String>>,
}

type Modules = BTreeMap<Name, Module>;

impl<'ast> Visit<'ast> for Module {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        // Unit tests may use any module.
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if ["crate", "self", "super"].contains(&segments[0].as_str()) {
            self.paths.push(segments);
        }
        visit::visit_path(self, path);
    }
}

impl Module {
    fn import(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before)),
            UseTree::Glob(_) => self.paths.push(before.clone()),
            UseTree::Name(name) if name.ident == "self" => {
                let name = before.last().cloned().unwrap_or_default();
                self.imported(name, before.clone());
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.imported(name.clone(), [before.as_slice(), &[name]].concat());
            }
            UseTree::Rename(as_) => {
                let path = [before.as_slice(), &[as_.ident.to_string()]].concat();
                self.imported(as_.rename.to_string(), path);
            }
        }
    }

    fn imported(&mut self, name: String, path: Vec<String>) {
        self.paths.push(path.clone());
        self.imports.insert(name, path);
    }
}

/// The modules of a source folder.
fn modules(folder: &Path) -> Modules {
    let mut modules = Modules::new();
    let mut left = vec![(folder.to_owned(), Vec::new())];
    while let Some((folder, above)) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let name = [above.as_slice(), std::slice::from_ref(&stem)].concat();
            if path.is_dir() {
                left.push((path, name));
            } else if path.extension().is_some_and(|it| it == "rs") && stem != "tests" {
                let file: File = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let name = if above.is_empty() && ["lib", "main"].contains(&stem.as_str()) {
                    above.clone()
                } else {
                    name
                };
                modules.entry(name).or_default().visit_file(&file);
            }
        }
    }
    modules
}

/// The module that a path leads to from another one, by way of re-exports; `None` for a path into another crate.
fn resolve(modules: &Modules, path: &[String], from: &Name, steps: usize) -> Option<Name> {
    let mut at = from.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (at, rest) = (Name::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while let Some(("super", after)) =
                rest.split_first().map(|(first, after)| (first.as_str(), after))
            {
                at.pop();
                rest = after;
            }
        }
        first => {
            at.push(first.to_owned());
            if !modules.contains_key(&at) {
                return None;
            }
            rest = &path[1..];
        }
    }
    while let Some((name, after)) = rest.split_first() {
        at.push(name.clone());
        if modules.contains_key(&at) {
            rest = after;
            continue;
        }
        at.pop();
        let passed_on = modules.get(&at)?.imports.get(name).filter(|_| steps < 10);
        return match passed_on {
            Some(path) => resolve(modules, &[path.as_slice(), after].concat(), &at, steps + 1),
            None => Some(at),
        };
    }
    Some(at)
}

/// Modules that depend on themselves in a circle, each with the members of the circle that it uses.
fn circles(modules: &Modules) -> BTreeMap<Name, BTreeSet<Name>> {
    let used = |(name, module): (&Name, &Module)| {
        let used = module.paths.iter().filter_map(|path| resolve(modules, path, name, 0));
        // A module may use all modules below it.
        (name.clone(), used.filter(|it| !it.starts_with(name)).collect::<BTreeSet<_>>())
    };
    let mut left: BTreeMap<_, BTreeSet<_>> = modules.iter().map(used).collect();
    loop {
        let before = left.len();
        let names: BTreeSet<_> = left.keys().cloned().collect();
        for used in left.values_mut() {
            used.retain(|name| names.contains(name));
        }
        let all_used: BTreeSet<_> = left.values().flatten().cloned().collect();
        left.retain(|name, used| !used.is_empty() && all_used.contains(name));
        if left.len() == before {
            return left;
        }
    }
}

#[test]
fn no_module_leads_back_to_itself() {
    let metadata = super::metadata();
    for package in metadata.workspace_packages() {
        let folder = package.manifest_path.parent().unwrap().join("src");
        if folder.is_dir() && package.name != "proto" {
            let circles = circles(&modules(folder.as_std_path()));
            let told: Vec<_> = circles.iter().map(|(name, used)| format!("{name:?} uses {used:?}")).collect();
            assert!(told.is_empty(), "{}: {}", package.name, told.join("\n"));
        }
    }
}

#[test]
fn a_circle_is_found_also_where_names_are_passed_on() {
    let module = |source: &str| {
        let mut module = Module::default();
        module.visit_file(&syn::parse_str(source).unwrap());
        module
    };
    let of = |sources: &[(&str, &str)]| -> Modules {
        let name = |name: &str| name.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        sources.iter().map(|(at, source)| (name(at), module(source))).collect()
    };
    let good = of(&[
        ("", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a", "mod c; use crate::B; use c::C;"),
        ("a/c", "use super::A; fn c() { crate::b::b() }"),
        ("b", "#[cfg(test)] mod tests { use crate::A; }"),
    ]);
    assert!(circles(&good).is_empty());
    let passed_on = of(&[
        ("", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a", "use crate::{B as Other};"),
        ("b", "fn b(_: crate::A) {}"),
    ]);
    assert_eq!(circles(&passed_on).len(), 2);
}
