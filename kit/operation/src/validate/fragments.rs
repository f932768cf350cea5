//! Rules on fragments: each is used, and none spreads itself.

use std::collections::{HashMap, HashSet};

use async_graphql::Pos;

use super::{References, Validator};

impl<'a> Validator<'a> {
    /// Checks that each fragment is used. Returns the positions of the used fragments.
    pub(super) fn used_fragments(
        &mut self,
        operations: &[References<'a>],
        fragments: &[References<'a>],
    ) -> HashSet<Pos> {
        let index = |name: &str| self.document.fragment_index(name);
        let spreads = operations.iter().flat_map(|it| &it.spreads);
        let mut left: Vec<_> = spreads.filter_map(|it| index(&it.name.node)).collect();
        let mut used = HashSet::new();
        while let Some(next) = left.pop() {
            if used.insert(next) {
                left.extend(fragments[next].spreads.iter().filter_map(|it| index(&it.name.node)));
            }
        }
        // Two fragments with one name have an error of their own, so neither is reported as unused if one is used.
        let names: HashSet<&str> =
            used.iter().map(|it| self.document.fragments[*it].name.node.as_str()).collect();
        for fragment in self.document.fragments.iter().filter(|it| !names.contains(it.name.node.as_str())) {
            self.wrong(fragment.pos, format!("The fragment \"{}\" is never used.", fragment.name.node));
        }
        used.into_iter().map(|it| self.document.fragments[it].pos).collect()
    }

    /// Checks that no fragment spreads itself. Keeps an explicit stack, since a document may chain thousands of them.
    pub(super) fn cycles(&mut self, fragments: &[References<'a>]) {
        let mut visited = vec![false; fragments.len()];
        for start in 0..fragments.len() {
            // Fragments on the current path, each with the number of its spreads that were followed.
            let mut path = vec![(start, 0)];
            let mut on_path = HashMap::from([(start, 0)]);
            if std::mem::replace(&mut visited[start], true) {
                continue;
            }
            while let Some((current, followed)) = path.last_mut() {
                let (current, next) = (*current, *followed);
                *followed += 1;
                let Some(spread) = fragments[current].spreads.get(next) else {
                    on_path.remove(&current);
                    path.pop();
                    continue;
                };
                let Some(target) = self.document.fragment_index(&spread.name.node) else { continue };
                if let Some(from) = on_path.get(&target) {
                    let spreads =
                        path[*from..].iter().map(|(it, followed)| fragments[*it].spreads[followed - 1].pos);
                    let locations = spreads.collect();
                    self.wrong_at(locations, format!("The fragment \"{}\" holds itself.", spread.name.node));
                } else if !std::mem::replace(&mut visited[target], true) {
                    on_path.insert(target, path.len());
                    path.push((target, 0));
                }
            }
        }
    }
}
