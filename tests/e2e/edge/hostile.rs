//! Hostile documents, each generated at about a given length in bytes.

use std::fmt::Write as _;

/// Makes a document of about this many bytes, or a shorter one where its shape ends earlier.
pub(super) type Make = fn(usize) -> String;

/// Repeats `unit` for each number from 0, between the two ends, until the text is about this long.
fn fill(bytes: usize, start: &str, end: &str, unit: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let next = unit(number);
        if number > 0 && text.len() + next.len() + end.len() > bytes {
            break;
        }
        text += &next;
    }
    text + end
}

/// Repeats the same text.
fn flood(bytes: usize, start: &str, unit: &str, end: &str) -> String {
    fill(bytes, start, end, |_| unit.to_owned())
}

/// Nests `inner` in `open` and `close`, repeated equally often.
fn nest(bytes: usize, start: &str, open: &str, inner: &str, close: &str, end: &str) -> String {
    let levels = bytes.saturating_sub(start.len() + inner.len() + end.len()) / (open.len() + close.len());
    format!("{start}{}{inner}{}{end}", open.repeat(levels), close.repeat(levels))
}

/// Fragments that each spread the next `width` times, down to a leaf; `start` spreads the first.
fn bomb(levels: usize, width: usize, on: &str, leaf: &str, start: &str) -> String {
    let mut text = start.to_owned();
    for level in 0..levels {
        let spreads = format!("...F{} ", level + 1).repeat(width);
        write!(text, " fragment F{level} on {on} {{ {spreads}}}").unwrap();
    }
    write!(text, " fragment F{levels} on {on} {{ {leaf} }}").unwrap();
    text
}

/// Number of levels that makes a bomb of two spreads each about this long.
fn levels(bytes: usize) -> usize {
    (bytes / 40).max(3)
}

/// Pages of related products, nested this many levels deep, each of this size.
fn relations(levels: usize, size: &str) -> String {
    let mut inner = "id".to_owned();
    for _ in 0..levels {
        inner = format!("related(first: {size}) {{ {inner} }}");
    }
    format!("products(first: {size}) {{ nodes {{ {inner} }} }}")
}

/// All hostile documents. Their types and fields are the web shop's.
pub(super) const CORPUS: &[(&str, Make)] = &[
    // Fragments.
    ("fragment bomb, 2^n", |b| bomb(levels(b), 2, "Query", "__typename", "{ ...F0 }")),
    ("fragment bomb, 10^n", |b| bomb((b / 100).max(3), 10, "Query", "__typename", "{ ...F0 }")),
    ("fragment bomb of 16 levels", |_| bomb(16, 10, "Query", "__typename", "{ ...F0 }")),
    ("fragment bomb with fields between", |b| {
        bomb(levels(b), 2, "Query", "viewer { id } ...F0", "{ viewer { id } ...F0 }")
    }),
    ("fragment bomb of introspection", |b| {
        bomb(levels(b), 2, "__Schema", "types { name }", "{ __schema { ...F0 } }")
    }),
    ("fragment bomb in another operation", |b| {
        bomb(levels(b), 2, "Query", "__typename", "query A { ...F0 } query B { __typename }")
    }),
    ("fragment bomb that nothing spreads", |b| bomb(levels(b), 2, "Query", "__typename", "{ __typename }")),
    ("fragment bomb on an unknown type", |b| bomb(levels(b), 2, "Nothing", "x", "{ ...F0 }")),
    ("fragment bomb under a directive", |b| {
        bomb(levels(b), 2, "Query", "__typename", "{ ...F0 @skip(if: true) }")
    }),
    ("fragment bomb in inline fragments", |b| {
        fill(b, "{ ...F0 } fragment L on Query { a }", "", |n| {
            format!(" fragment F{n} on Query {{ ... {{ ...F{0} }} ... {{ ...F{0} }} }}", n + 1)
        })
    }),
    ("fragment chain", |b| {
        fill(b, "{ ...F0 }", "", |n| format!(" fragment F{n} on Query {{ ...F{} }}", n + 1))
    }),
    ("fragment that holds itself", |_| "{ ...A } fragment A on Query { ...A }".to_owned()),
    ("fragment circle of two", |_| {
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()
    }),
    ("fragment circle that nothing spreads", |_| {
        "{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()
    }),
    ("fragment circle through fields", |_| {
        "{ cart { ...A } } fragment A on Cart { lines { product { related { ...B } } } } fragment B on Product { ...B }".to_owned()
    }),
    ("large fragment circle", |b| {
        fill(b, "{ ...F0 } fragment L on Query { ...F0 }", "", |n| {
            format!(" fragment F{n} on Query {{ ...F{} ...L }}", n + 1)
        })
    }),
    ("unused fragments", |b| {
        fill(b, "{ __typename }", "", |n| format!(" fragment F{n} on Query {{ __typename }}"))
    }),
    ("one fragment defined twice", |b| flood(b, "{ __typename }", " fragment F on Query { __typename }", "")),
    ("spreads of unknown fragments", |b| fill(b, "{ ", "}", |n| format!("...F{n} "))),
    ("spreads of one fragment", |b| flood(b, "fragment F on Query { __typename } { ", "...F ", "}")),
    ("fragments on unknown types", |b| fill(b, "{ ", "}", |n| format!("... on T{n} {{ a }} "))),
    ("inline fragments", |b| flood(b, "{ ", "... { __typename } ", "}")),
    ("inline fragments on impossible types", |b| flood(b, "{ ", "... on Product { id } ", "}")),
    // Depth.
    ("deep selections", |b| nest(b, "", "{a", "", "}", "")),
    ("deep inline fragments", |b| nest(b, "{", "...{", "__typename", "}", "}")),
    ("deep inline fragments with types", |b| nest(b, "{", "... on Query{", "__typename", "}", "}")),
    ("deep selections that do not end", |b| flood(b, "", "{a", "")),
    ("deep fields with arguments", |b| nest(b, "{", "a(b: {c: [1]}) {", "d", "}", "}")),
    ("deep list", |b| nest(b, "{ a(b: ", "[", "", "]", ") }")),
    ("deep list that does not end", |b| flood(b, "{ a(b: ", "[", "")),
    ("deep object", |b| nest(b, "{ a(b: ", "{a:", "1", "}", ") }")),
    ("deep object that does not end", |b| flood(b, "{ a(b: ", "{a:", "")),
    ("deep type of a variable", |b| nest(b, "query ($a: ", "[", "Int", "]", ") { a }")),
    ("deep type that does not end", |b| flood(b, "query ($a: ", "[", "")),
    ("deep default value", |b| nest(b, "query ($a: Int = ", "[", "", "]", ") { a }")),
    ("brackets that close", |b| flood(b, "", "}])", "")),
    ("brackets behind a block string that does not end", |b| flood(b, "{ a(b: [\"\"\"\" ", "[", "")),
    ("sixty levels over and over", |b| {
        fill(b, "query {", "}", |_| format!("{}b{}", "a{".repeat(60), "}".repeat(60)))
    }),
    // Floods.
    ("aliases of a field", |b| fill(b, "{ ", "}", |n| format!("a{n}: viewer {{ id }} "))),
    ("aliases of __typename", |b| fill(b, "{ ", "}", |n| format!("a{n}: __typename "))),
    ("aliases in a fragment", |b| {
        fill(b, "{ ...F } fragment F on Query { ", "}", |n| format!("a{n}: __typename "))
    }),
    ("aliases of unknown fields", |b| fill(b, "{ ", "}", |n| format!("a{n}: b{n} "))),
    ("aliases of a product", |b| fill(b, "{ ", "}", |n| format!("a{n}: product(id: \"p\") {{ id }} "))),
    ("one field over and over", |b| flood(b, "{ ", "__typename ", "}")),
    ("one object over and over", |b| flood(b, "{ ", "viewer { id } ", "}")),
    ("unknown fields", |b| fill(b, "{ ", "}", |n| format!("f{n} "))),
    ("unknown directives", |b| fill(b, "{ __typename ", "}", |n| format!("@d{n} "))),
    ("one unknown directive", |b| flood(b, "{ __typename ", "@aa", "}")),
    ("one known directive", |b| flood(b, "{ __typename ", "@skip(if:false)", "}")),
    ("directives of the operation", |b| flood(b, "query ", "@skip(if:false)", "{ __typename }")),
    ("directives of variables", |b| fill(b, "query (", ") { __typename }", |n| format!("$v{n}: Int @d "))),
    ("a directive on each field", |b| flood(b, "{ ", "__typename @include(if: true) ", "}")),
    ("arguments", |b| fill(b, "{ product(", ") { id } }", |n| format!("a{n}: 1 "))),
    ("one argument over and over", |b| flood(b, "{ product(", "id: \"a\" ", ") { id } }")),
    ("fields with arguments that conflict", |b| {
        let arguments: String =
            (0..(b / 40).max(2)).fold(String::new(), |text, n| text + &format!("a{n}: 1 "));
        format!("{{ product({arguments}) {{ id }} product({}) {{ id }} }}", arguments.replace('1', "2"))
    }),
    ("overlapping fields", |b| fill(b, "{ ", "}", |n| format!("x: viewer {{ x: a{n} }} "))),
    ("overlapping fields in fragments", |b| {
        fill(b, "{ ...F0 ...F1 ...F2 ...F3 }", "", |n| {
            format!(" fragment F{n} on Query {{ x: viewer {{ a: id }} x: cart {{ b: id }} ...G }}")
        }) + " fragment G on Query { x: viewer { id } }"
    }),
    ("variables", |b| fill(b, "query (", ") { __typename }", |n| format!("$v{n}: Int "))),
    ("one variable over and over", |b| flood(b, "query (", "$v: Int ", ") { __typename }")),
    ("variables of unknown types", |b| fill(b, "query (", ") { __typename }", |n| format!("$v{n}: T{n} "))),
    ("variables that are all used", |b| {
        let many = (b / 40).max(2);
        let declared = (0..many).fold(String::new(), |text, n| text + &format!("$v{n}: ID! "));
        let used = (0..many).fold(String::new(), |text, n| text + &format!("$v{n} "));
        format!("query ({declared}) {{ nodes(ids: [{used}]) {{ id }} }}")
    }),
    ("variables that are not there", |b| fill(b, "{ nodes(ids: [", "]) { id } }", |n| format!("$v{n} "))),
    ("default value of many items", |b| {
        flood(b, "query ($ids: [ID!]! = [", "\"a\" ", "]) { nodes(ids: $ids) { id } }")
    }),
    ("default values", |b| fill(b, "query (", ") { __typename }", |n| format!("$v{n}: Int = 1 "))),
    ("operations", |b| fill(b, "", "", |n| format!("query Q{n} {{ __typename }} "))),
    ("operations without names", |b| flood(b, "", "{ __typename } ", "")),
    ("operations of one name", |b| flood(b, "", "query A { __typename } ", "")),
    ("operations that share a fragment", |b| {
        fill(b, "fragment F on Query { a: __typename b: __typename c: __typename } ", "", |n| {
            format!("query Q{n} {{ ...F }} ")
        })
    }),
    ("subscriptions", |b| fill(b, "", "", |n| format!("subscription S{n} {{ a }} "))),
    ("mutations", |b| fill(b, "mutation { ", "}", |n| format!("a{n}: cartAdd {{ id }} "))),
    // Values.
    ("list of many items", |b| flood(b, "{ nodes(ids: [", "\"a\",", "]) { id } }")),
    ("list of empty strings", |b| flood(b, "{ nodes(ids: [", "\"\"", "]) { id } }")),
    ("list of zeros without space", |b| flood(b, "{ nodes(ids: [", "0", "]) { id } }")),
    ("list of words without space", |b| flood(b, "{ nodes(ids: [", "null", "]) { id } }")),
    ("object of many fields", |b| fill(b, "{ a(b: {", "}) }", |n| format!("c{n}: 1 "))),
    ("huge integer", |b| flood(b, "{ products(first: ", "9", ") { nodes { id } } }")),
    ("huge negative integer", |b| flood(b, "{ products(first: -", "9", ") { nodes { id } } }")),
    ("huge float", |b| flood(b, "{ products(first: 1.", "9", ") { nodes { id } } }")),
    ("huge exponent", |b| flood(b, "{ products(first: 1e", "9", ") { nodes { id } } }")),
    ("huge string", |b| flood(b, "{ product(id: \"", "a", "\") { id } }")),
    ("string of escapes", |b| flood(b, "{ product(id: \"", "\\u0000", "\") { id } }")),
    ("huge block string", |b| flood(b, "{ product(id: \"\"\"", "a\n", "\"\"\") { id } }")),
    ("block string of escaped quotes", |b| flood(b, "{ product(id: \"\"\"", "\\\"\"\"", "\"\"\") { id } }")),
    ("block string of indents", |b| {
        fill(b, "{ product(id: \"\"\"", "\"\"\") { id } }", |n| format!("\n{}", " ".repeat(n % 100)))
    }),
    ("huge name", |b| flood(b, "{ ", "a", " }")),
    ("huge variable", |b| flood(b, "{ product(id: $", "a", ") { id } }")),
    ("huge names", |b| {
        let half = b / 2;
        format!("{{ {}: {} }}", "a".repeat(half), "b".repeat(half))
    }),
    // Text.
    ("string that does not end", |b| flood(b, "{ product(id: \"", "a", "")),
    ("block string that does not end", |b| flood(b, "{ product(id: \"\"\"", "a\n", "")),
    ("quotes", |b| flood(b, "{ product(id: [", "\"", "")),
    ("selection that does not end", |b| flood(b, "{ ", "a ", "")),
    ("arguments that do not end", |b| flood(b, "{ a(", "b: 1 ", "")),
    ("comments alone", |b| flood(b, "", "# a\n", "")),
    ("one long comment", |b| flood(b, "# ", "{", "")),
    ("comments between", |b| flood(b, "{", "#\n", "__typename }")),
    ("commas alone", |b| flood(b, "", ",", "")),
    ("commas between", |b| flood(b, "{ __typename", ",", "}")),
    ("byte order marks", |b| flood(b, "", "\u{feff}", "{ __typename }")),
    ("zeros", |b| flood(b, "{ ", "\0", "}")),
    ("a zero in a string", |_| "{ product(id: \"a\0b\") { id } }".to_owned()),
    ("names in other scripts", |b| flood(b, "{ ", "ä\u{202e}名 ", "}")),
    ("dots", |b| flood(b, "{ ", "...", "}")),
    ("at signs", |b| flood(b, "{ a ", "@", "}")),
    ("lone surrogate", |_| "{ product(id: \"\\ud800\") { id } }".to_owned()),
    ("nothing", |_| String::new()),
    // Lists.
    ("nested lists", |_| format!("{{ {} }}", relations(10, "50"))),
    ("nested lists of 2147483647", |_| format!("{{ {} }}", relations(10, "2147483647"))),
    ("nested lists of a variable", |_| {
        format!("query ($n: Int! = 2147483647) {{ {} }}", relations(10, "$n"))
    }),
    ("pages side by side", |b| {
        fill(b, "{ ", "}", |n| format!("a{n}: products(first: 50) {{ nodes {{ id }} }} "))
    }),
    ("pages of pages", |_| {
        "{ products(first: 50) { nodes { reviews(first: 50) { nodes { author { name } text rating } } } } }"
            .to_owned()
    }),
];
