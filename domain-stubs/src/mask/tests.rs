use proto::{
    catalog::{Product, Specification, WholesaleTerms},
    common::Money,
};
use tonic::{Code, Status};

use super::*;

fn mask(paths: &[&str]) -> Result<Mask<Product>, Refusal> {
    Mask::new(Some(&FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() }))
}

fn product() -> Product {
    Product {
        id: "kettle".into(),
        name: "Kettle".into(),
        specifications: vec![Specification { name: "Height".into(), ..Specification::default() }],
        wholesale: Some(WholesaleTerms {
            cost: Some(Money { currency_code: "EUR".into(), units: 12, nanos: 500_000_000 }),
            margin_percent: 30.0,
            supplier: "Smith".into(),
        }),
        ..Product::default()
    }
}

#[test]
fn without_paths_everything_is_wanted() {
    assert_eq!(Mask::new(None).unwrap().trim(product()), product());
    assert_eq!(mask(&[]).unwrap().trim(product()), product());
}

#[test]
fn the_key_is_always_returned() {
    let trimmed = mask(&["name"]).unwrap().trim(product());
    assert_eq!(trimmed, Product { id: "kettle".into(), name: "Kettle".into(), ..Product::default() });
}

#[test]
fn a_path_into_a_message_keeps_only_that_part_of_it() {
    let terms = mask(&["wholesale.cost.units"]).unwrap().trim(product()).wholesale.unwrap();
    let cost = Money { units: 12, ..Money::default() };
    assert_eq!(terms, WholesaleTerms { cost: Some(cost), ..WholesaleTerms::default() });
}

#[test]
fn a_path_to_the_whole_wins_over_a_path_into_it_in_either_order() {
    for paths in [["wholesale", "wholesale.cost"], ["wholesale.cost", "wholesale"]] {
        assert_eq!(mask(&paths).unwrap().trim(product()).wholesale, product().wholesale);
    }
}

#[test]
fn a_path_into_an_absent_message_leaves_it_absent() {
    let bare = Product { wholesale: None, ..product() };
    assert_eq!(mask(&["wholesale.cost"]).unwrap().trim(bare).wholesale, None);
}

#[test]
fn a_path_that_leads_nowhere_is_rejected_by_name() {
    for path in ["nope", "wholesale.nope", "name.length", "specifications.name", "", "name.", "*", "Name"] {
        let status = Status::from(mask(&["name", path]).unwrap_err());
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().contains(&format!("{path:?}")), "{}", status.message());
    }
}
