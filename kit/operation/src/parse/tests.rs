use super::*;

#[test]
fn texts_of_the_grammar_are_documents() {
    for text in [
        "{ a }",
        "\u{feff}query Q ( $a : [ Int ! ] ! = [ 1 ] @x , \"d\" $b: Q ) @y(z: 1) { a }",
        "\"d\" query { ...on#c\nQ { b: c(d: {e: [], f: {}}) @g { ...F ...@h { on } } } } \"\"\"d\"\"\" fragment F on on { fragment }",
        "mutation M { a } subscription S { a }",
        "fragment true on Q { null }",
    ] {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn an_error_names_what_is_missing_and_stands_where_it_is() {
    let cases = [
        ("", 1, "an operation or a fragment is missing before the end."),
        ("{ }", 3, "a name is missing before `}`."),
        ("{ a", 4, "a name is missing before the end."),
        ("query () { a }", 8, "`$` is missing before `)`."),
        ("query Q($a: Int = $b) { a }", 19, "a value that must be constant holds a variable."),
        ("{ a() }", 5, "a name is missing before `)`."),
        ("{ a(b 1) }", 7, "`:` is missing before \"1\"."),
        ("{ a(b: ) }", 8, "a value is missing before `)`."),
        ("{ a: }", 6, "a name is missing before `}`."),
        ("{ ...on }", 9, "a name is missing before `}`."),
        ("fragment on on Q { a }", 10, "the name of a fragment is missing before \"on\"."),
        ("fragment F Q { a }", 12, "`on` is missing before \"Q\"."),
        ("type Q { a: Int }", 1, "an operation or a fragment is missing before \"type\"."),
        ("\"d\" { a }", 1, "only operations and fragments that begin with a word have a description."),
        ("{ a } }", 7, "an operation or a fragment is missing before `}`."),
        ("{ a % }", 5, "the character `%` stands for nothing here."),
    ];
    for (text, column, problem) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!((error.pos, error.problem.as_str()), (Pos { line: 1, column }, problem), "{text}");
    }
}

#[test]
fn no_depth_of_brackets_overflows_the_stack() {
    for (open, between) in [("{a", ""), ("{a(b:", "["), ("query($a:", "[")] {
        let text = format!("{open}{}", if between.is_empty() { open } else { between }.repeat(100_000));
        assert!(parse(&text).unwrap_err().problem.contains("64 brackets"), "{open}{between}");
    }
}
