//! A schema as text: with the directives of the BFF for its authors, without them for its clients.

use async_graphql::{ObjectType, SDLExportOptions, Schema, SubscriptionType};

use operation::schema::{DEFINITIONS, NAMES};

/// Returns the schema with `@fetch`, `@reads` and `@bounds`, sorted.
#[must_use]
pub(crate) fn internal_sdl<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    format!("{}{DEFINITIONS}", export(schema))
}

/// Returns the schema as clients may know it, sorted.
#[must_use]
pub(crate) fn public_sdl<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    without_directives(&export(schema), &NAMES)
}

fn export<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .prefer_single_line_descriptions()
        .include_specified_by()
        .use_space_ident();
    let sdl = schema.sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

/// Returns the text without the invocations of the named directives. Descriptions and strings are left as they are.
fn without_directives(sdl: &str, names: &[&str]) -> String {
    let mut kept = String::with_capacity(sdl.len());
    let mut rest = sdl;
    while let Some(next) = rest.chars().next() {
        let taken = if rest.starts_with("\"\"\"") {
            block_string(rest)
        } else if next == '"' {
            string(rest)
        } else if let Some(length) = invocation(rest, names) {
            rest = &rest[length..];
            continue;
        } else {
            next.len_utf8()
        };
        kept.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    kept
}

/// Returns the length of ` @name(…)` at the start of the text, for one of the names; `None` if there is none.
fn invocation(text: &str, names: &[&str]) -> Option<usize> {
    let after_at = text.strip_prefix(" @")?;
    let name =
        names.iter().find(|name| after_at.strip_prefix(**name).is_some_and(|rest| rest.starts_with('(')))?;
    let mut at = 2 + name.len();
    let mut depth = 0_usize;
    while let Some(next) = text[at..].chars().next() {
        match next {
            '"' => {
                at += string(&text[at..]);
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        at += next.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns the length of the block string at the start of the text.
fn block_string(text: &str) -> usize {
    text[3..].find("\"\"\"").map_or(text.len(), |end| 3 + end + 3)
}

/// Returns the length of the string at the start of the text.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (index, next) in text.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_go_and_all_else_stays() {
        let sdl = concat!(
            "\"\"\"Mentions @fetch(this) \"\"\"\n",
            "type Query {\n",
            "  a(first: Int! = 3): Int! @deprecated(reason: \"use @reads(b)\") @reads(paths: [\"x)\\\"\"])\n",
            "  b: Int @fetch(steps: [{name: \"B\", by: [\"(\"]}], fallback: \"null\") @reads(paths: [\"y\"])\n",
            "  c: Int @fetched(x: 1)\n}\n",
        );
        let public = without_directives(sdl, &["fetch", "reads"]);
        assert_eq!(
            public,
            concat!(
                "\"\"\"Mentions @fetch(this) \"\"\"\n",
                "type Query {\n",
                "  a(first: Int! = 3): Int! @deprecated(reason: \"use @reads(b)\")\n",
                "  b: Int\n",
                "  c: Int @fetched(x: 1)\n}\n",
            )
        );
    }
}
