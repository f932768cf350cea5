use super::*;

#[test]
fn products_are_listed_by_name() {
    let shop = Synthetic::new(1_000, Timestamp::UNIX_EPOCH);
    let all = shop.by_name(None);
    let names = (0..).map_while(|place| all.get(place)).map(|number| shop.seeded(number).1.name);
    let names: Vec<_> = names.map(|name| name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), 1_000);
    assert!(names.is_sorted());
}

#[test]
fn no_name_goes_on_where_another_has_its_number() {
    let shop = Synthetic::new(1, Timestamp::UNIX_EPOCH);
    let names: Vec<_> = shop.by_name.iter().map(|&model| shop.model(model).1.name.to_lowercase()).collect();
    for pair in names.windows(2) {
        let goes_on = pair[1].strip_prefix(&pair[0]).is_some_and(|rest| rest.starts_with(" 0"));
        assert!(!goes_on, "the order of {pair:?} depends on the number");
    }
}
