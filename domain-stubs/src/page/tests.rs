use super::*;

const FIRST: Asked<'static> = Asked { page_size: 2, page_token: "", skip: 0 };

fn kitchen() -> Listing {
    Listing::new("List", &["kitchen"], 20)
}

fn token() -> String {
    let page = kitchen().page::<String>(FIRST).unwrap();
    page.cut(&mut vec!["a", "b", "c"], |&row| row.to_owned()).next
}

#[test]
fn a_token_tells_where_its_page_ended() {
    let page = kitchen().page::<String>(Asked { page_token: &token(), ..FIRST }).unwrap();
    assert_eq!(page.after.as_deref(), Some("b"));
}

#[test]
fn the_last_page_has_no_token_and_each_of_its_rows_has_one() {
    let mut rows = vec!["a", "b"];
    let tokens = kitchen().page::<String>(FIRST).unwrap().cut(&mut rows, |&row| row.to_owned());
    assert_eq!((rows, tokens.next.as_str()), (vec!["a", "b"], ""));
    for (token, row) in tokens.items.iter().zip(["a", "b"]) {
        let page = kitchen().page::<String>(Asked { page_token: token, ..FIRST }).unwrap();
        assert_eq!(page.after.as_deref(), Some(row));
    }
}

#[test]
fn a_token_of_another_listing_or_a_changed_one_is_rejected() {
    let token = token();
    let paging = Asked { page_token: &token, ..FIRST };
    assert!(Listing::new("List", &["garden"], 20).page::<String>(paging).is_err());
    assert!(Listing::new("Search", &["kitchen"], 20).page::<String>(paging).is_err());
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let paging = Asked { page_token: &changed, ..FIRST };
        assert!(kitchen().page::<String>(paging).is_err(), "byte {at} does not matter");
    }
}

#[test]
fn sizes_have_a_default_and_an_end_and_are_never_negative() {
    let limit = |page_size| kitchen().page::<String>(Asked { page_size, ..FIRST }).map(|page| page.limit());
    assert_eq!(limit(0).unwrap(), 21);
    assert_eq!(limit(7).unwrap(), 8);
    assert_eq!(limit(i32::MAX).unwrap(), 101);
    assert!(limit(-1).is_err());
    assert!(kitchen().page::<String>(Asked { skip: -1, ..FIRST }).is_err());
}
