//! Printer of documents in the format of graphql-js 16, which client tools send, hash and write into manifests.

use std::fmt::Write as _;

use super::document::{
    Argument, Directive, Document, Field, Fragment, InlineFragment, Literal, Operation, Selection,
    SelectionSet, Value, VariableDefinition,
};

/// Maximum length of a field and its arguments on one line, in UTF-16 code units.
const LINE: usize = 80;

/// Maximum length of a block string on the line of its quotes, in UTF-16 code units.
const BLOCK_LINE: usize = 70;

/// Prints a document: its operations, then its fragments by name, as Apollo's tools order them. Comments and
/// descriptions, which have no meaning for a server, are left out.
pub fn print(document: &Document) -> String {
    let mut fragments: Vec<_> = document.fragments.iter().collect();
    fragments.sort_by(|one, other| one.name.node.cmp(&other.name.node));
    let operations = document.operations.iter().map(operation);
    operations.chain(fragments.into_iter().map(fragment)).collect::<Vec<_>>().join("\n\n")
}

fn operation(operation: &Operation) -> String {
    let Operation { ty, name, variables, directives, selections, .. } = operation;
    let name = name.as_ref().map(|name| name.node.as_str()).unwrap_or_default();
    let variables: Vec<_> = variables.iter().map(variable).collect();
    // graphql-js prints each variable on its own line if one of them contains a line break.
    let variables = if variables.iter().any(|it| it.contains('\n')) {
        format!("(\n{}\n)", variables.join("\n"))
    } else {
        listed("(", &variables, ")")
    };
    let head = format!("{name}{variables}");
    let head = if head.is_empty() { String::new() } else { format!(" {head}") };
    let head = format!("{ty}{head}{}", all(directives));
    if head == "query" { set(selections) } else { format!("{head} {}", set(selections)) }
}

fn fragment(fragment: &Fragment) -> String {
    let Fragment { name, on, directives, selections, .. } = fragment;
    format!("fragment {} on {}{} {}", name.node, on.node, all(directives), set(selections))
}

fn variable(definition: &VariableDefinition) -> String {
    let VariableDefinition { name, ty, default, directives, .. } = definition;
    let default = default.as_ref().map(|it| format!(" = {}", value(it))).unwrap_or_default();
    format!("${}: {}{default}{}", name.node, ty.node, all(directives))
}

fn set(set: &SelectionSet) -> String {
    let selections: Vec<_> = set.items.iter().map(selection).collect();
    format!("{{\n  {}\n}}", indented(&selections.join("\n")))
}

fn selection(selection: &Selection) -> String {
    match selection {
        Selection::Field(it) => field(it),
        Selection::Spread(spread) => format!("...{}{}", spread.name.node, all(&spread.directives)),
        Selection::Inline(InlineFragment { on, directives, selections, .. }) => {
            let on = on.as_ref().map(|on| format!(" on {}", on.node)).unwrap_or_default();
            format!("...{on}{} {}", all(directives), set(selections))
        }
    }
}

fn field(field: &Field) -> String {
    let mut text = match &field.alias {
        Some(alias) => format!("{}: {}", alias.node, field.name.node),
        None => field.name.node.to_string(),
    };
    let given: Vec<_> = field.arguments.iter().map(argument).collect();
    let in_line = listed("(", &given, ")");
    if !given.is_empty() && units(&text) + units(&in_line) > LINE {
        let _written = write!(text, "(\n  {}\n)", indented(&given.join("\n")));
    } else {
        text.push_str(&in_line);
    }
    text.push_str(&all(&field.directives));
    if let Some(selections) = &field.selections {
        let _written = write!(text, " {}", set(selections));
    }
    text
}

/// Prints directives, with a space before each.
fn all(directives: &[Directive]) -> String {
    directives.iter().fold(String::new(), |mut text, directive| {
        let arguments: Vec<_> = directive.arguments.iter().map(argument).collect();
        let _written = write!(text, " @{}{}", directive.name.node, listed("(", &arguments, ")"));
        text
    })
}

fn argument(argument: &Argument) -> String {
    format!("{}: {}", argument.name.node, value(&argument.value))
}

fn value(of: &Value) -> String {
    match &of.literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Int(text) | Literal::Float(text) => text.to_string(),
        Literal::String { text, block: false } => string(text),
        Literal::String { text, block: true } => block_string(text),
        Literal::Enum(name) => name.to_string(),
        Literal::Variable(name) => format!("${name}"),
        Literal::List(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Literal::Object(fields) => {
            format!("{{{}}}", fields.iter().map(argument).collect::<Vec<_>>().join(", "))
        }
    }
}

fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        let _written = match character {
            '"' => write!(quoted, "\\\""),
            '\\' => write!(quoted, "\\\\"),
            '\u{8}' => write!(quoted, "\\b"),
            '\t' => write!(quoted, "\\t"),
            '\n' => write!(quoted, "\\n"),
            '\u{c}' => write!(quoted, "\\f"),
            '\r' => write!(quoted, "\\r"),
            control if control.is_control() => write!(quoted, "\\u{:04X}", u32::from(control)),
            other => write!(quoted, "{other}"),
        };
    }
    quoted + "\""
}

fn block_string(text: &str) -> String {
    let blank = |line: &str| line.is_empty() || line.starts_with([' ', '\t']);
    let escaped = text.replace("\"\"\"", "\\\"\"\"");
    let mut lines = escaped.split('\n');
    let first = lines.next().unwrap_or_default();
    let is_single = lines.clone().next().is_none();
    let must_begin_below = !is_single && lines.all(blank);
    let ends_in_quotes = escaped.ends_with("\\\"\"\"");
    let must_end_below = (text.ends_with('"') && !ends_in_quotes) || text.ends_with('\\');
    let is_long =
        !is_single || units(text) > BLOCK_LINE || must_end_below || must_begin_below || ends_in_quotes;
    // At the start of a line, leading white space would be lost as indentation.
    let must_begin_beside = is_single && first.starts_with([' ', '\t']);
    let begin = if (is_long && !must_begin_beside) || must_begin_below { "\n" } else { "" };
    let end = if is_long || must_end_below { "\n" } else { "" };
    format!("\"\"\"{begin}{escaped}{end}\"\"\"")
}

fn listed(open: &str, items: &[String], close: &str) -> String {
    if items.is_empty() { String::new() } else { format!("{open}{}{close}", items.join(", ")) }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// Returns the length of a text as JavaScript counts it, in UTF-16 code units.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::print;

    #[test]
    fn a_document_is_printed_as_graphql_js_prints_it() {
        let written = include_str!("print/written.graphql");
        // Output of `print(parse(written))` of graphql-js 16.15.
        let printed = include_str!("print/printed.graphql").trim_end();
        assert_eq!(print(&parse(written).unwrap()), printed);
        assert_eq!(print(&parse(printed).unwrap()), printed);
    }

    #[test]
    fn fragments_come_last_and_by_name() {
        let document = parse("fragment B on T { a } query { ...B ...A } fragment A on T { a }").unwrap();
        let printed = print(&document);
        let order: Vec<_> = printed.lines().filter(|line| !line.starts_with([' ', '}'])).collect();
        assert_eq!(order, ["{", "", "fragment A on T {", "", "fragment B on T {"]);
    }
}
