use super::*;

#[test]
fn an_identifier_has_one_way_to_be_written() {
    assert_eq!(number(&id(1_000_000)), Some(1_000_000));
    assert_eq!(from_digits(&digits(42)), Some(42));
    for other in ["synthetic-", "synthetic-01", "synthetic-+1", "synthetic--1", "synthetic-4294967296", "7"] {
        assert_eq!(number(other), None, "{other}");
    }
    assert_eq!(from_digits("42"), None);
}

#[test]
fn every_product_has_its_place_and_every_place_its_product() {
    for count in [0, 1, 6, 7, 8, 100] {
        let deal = Deal { count, models: 7 };
        let all = deal.select(vec![3, 0, 6, 1, 2, 5, 4]);
        let mut numbers: Vec<_> = (0..).map_while(|place| all.get(place)).collect();
        assert_eq!(numbers.len(), all.len() as usize);
        for (place, &number) in (0..).zip(&numbers) {
            assert_eq!(all.place(number), Some(place));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    }
}

#[test]
fn a_round_may_end_early() {
    let deal = Deal { count: 10, models: 7 };
    assert_eq!((deal.model(8), deal.beside(8, 2), deal.beside(8, 3)), (0, Some(10), None));
    assert_eq!(deal.beside(9, 0), Some(8));
    assert_eq!(deal.select(vec![4]).place(1), None);
}

#[test]
fn the_largest_number_of_products_overflows_nothing() {
    let deal = Deal { count: i32::MAX.cast_unsigned(), models: 210 };
    let all = deal.select((0..210).collect());
    assert_eq!(all.len(), deal.count);
    let last = all.get(u64::from(deal.count) - 1).unwrap();
    assert_eq!(all.place(last), Some(u64::from(deal.count) - 1));
    assert_eq!(deal.beside(deal.count, 209), None);
}
