use std::collections::HashSet;

use super::*;

fn scoped(scopes: &str) -> Principal {
    Principal::of_user("u-1").with_scopes(Scopes::parse(scopes).unwrap())
}

#[test]
fn principals_are_equal_by_actor_scopes_and_claims_and_not_by_expiry() {
    let hour = Timestamp::from_second(3600).unwrap();
    assert_eq!(scoped("read write"), scoped("write read write").with_expiry(hour));
    assert_ne!(scoped("read"), scoped("read write"));
    assert_ne!(Principal::of_user("1"), Principal::of_device("1"));
    assert_ne!(Principal::anonymous(), Principal::of_user(""));
    let editor = Claims::of([("roles", vec!["editor"])]);
    assert_ne!(Principal::of_user("1"), Principal::of_user("1").with_claims(editor));

    let kept = HashSet::from([scoped("read"), scoped("read").with_expiry(hour), scoped("write")]);
    assert_eq!(kept.len(), 2);
}

#[test]
fn nobody_has_no_scopes_no_claims_and_no_expiry() {
    let nobody = Principal::anonymous()
        .with_scopes(Scopes::parse("read").unwrap())
        .with_claims(Claims::of([("roles", vec!["editor"])]))
        .with_expiry(Timestamp::UNIX_EPOCH);
    assert_eq!(nobody, Principal::anonymous());
    assert!(
        !nobody.scopes().has("read") && nobody.claims().get("roles").is_none() && nobody.expires().is_none()
    );
}

#[test]
fn a_principal_is_printed_without_its_name() {
    let text = format!("{:?} {:?}", Principal::of_user("ada"), Actor::Device("ada".into()));
    assert!(text.contains("user") && text.contains("device") && !text.contains("ada"), "{text}");
}

#[test]
fn only_a_user_acts_as_a_user() {
    assert_eq!(Principal::of_user("ada").user().as_deref(), Some("ada"));
    assert_eq!(Principal::of_device("ada").user(), None);
    assert_eq!(Principal::anonymous().user(), None);
    let visitor = Principal::of_visitor("ada");
    assert_eq!((visitor.user(), visitor.is_signed_in()), (None, false));
    assert_eq!(visitor.visitor().as_deref(), Some("ada"));
    assert_ne!(visitor, Principal::of_user("ada"));
}
