//! The README's queries give the README's answers.

use serde_json::Value;

use crate::support::{Kind, Shop};

#[tokio::test]
async fn the_queries_of_the_readme_give_its_answers() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let blocks: Vec<_> = readme.split("```").skip(1).step_by(2).collect();
    let shop = Shop::open().await;
    let mut pasted = 0;
    for pair in blocks.windows(2) {
        let Some((client, query)) = pair[0].strip_prefix("graphql ").and_then(|rest| rest.split_once('\n'))
        else {
            continue;
        };
        let kind = Kind::ALL.into_iter().find(|kind| kind.to_string() == client).unwrap();
        let expected: Value = serde_json::from_str(pair[1].strip_prefix("json").unwrap()).unwrap();
        let answer = shop.ask(kind, query).await;
        assert_eq!(answer.body, expected, "{query}");
        pasted += 1;
    }
    assert!(pasted >= 3);
}
