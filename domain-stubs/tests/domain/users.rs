//! Users see all of their own fields, and few of others.

use proto::{
    reviews::CreateReviewRequest,
    users::{GetPreferencesRequest, Preferences, UpdatePreferencesRequest, User},
};
use tonic::{Code, Status};

use crate::shop::{ADA, Clients, NEW, PRODUCT, Shop, failure, ids, mask, now, only, reasons, violations};

const ZOE: &str = "user-zoe-marchetti";

#[tokio::test]
async fn users_see_all_of_themselves() {
    let shop = Shop::open().await;
    let zoe = only(shop.user(ZOE).users_by_id(ids(&[ZOE]), None).await);
    assert_eq!((zoe.id.as_str(), zoe.display_name.as_str(), zoe.given_name.as_str()), (ZOE, "Zoë M.", "Zoë"));
    assert_eq!(zoe.email, "user-zoe-marchetti@mail.example");
    assert_eq!(zoe.avatar_url, "https://images.shop.example/users/user-zoe-marchetti.webp");
    assert!(zoe.create_time.unwrap().seconds < now().as_second());
}

#[tokio::test]
async fn others_and_nobody_see_a_name_and_a_picture() {
    let shop = Shop::open().await;
    let own = only(shop.user(ZOE).users_by_id(ids(&[ZOE]), None).await);
    let public = User { given_name: String::new(), email: String::new(), create_time: None, ..own };
    for clients in [shop.user(ADA), shop.anybody(), shop.device(ZOE)] {
        assert_eq!(only(clients.users_by_id(ids(&[ZOE]), None).await), public);
        let fields = Some(mask(&["email", "given_name", "create_time"]));
        let masked = only(clients.users_by_id(ids(&[ZOE]), fields).await);
        assert_eq!(masked, User { id: ZOE.into(), ..User::default() });
    }
}

#[tokio::test]
async fn whoever_is_no_user_is_not_found_and_fails_alone() {
    let shop = Shop::open().await;
    let requested = ids(&["", "ada", "USER-ADA-LINDQVIST", ADA, "user-ada-lindqvist ", NEW]);
    let outcomes = reasons(shop.anybody().users_by_id(requested.clone(), None).await.unwrap());
    let expected = requested.into_iter().map(|id| {
        let reason = if id == ADA { "" } else { "USER_NOT_FOUND" };
        (id, reason.to_owned())
    });
    assert_eq!(outcomes, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn who_writes_a_review_has_an_account() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    let review = CreateReviewRequest {
        idempotency_key: "first-key".into(),
        product_id: PRODUCT.into(),
        rating: 4,
        text: "Dry inside.".into(),
    };
    let review = clients.reviews().create_review(review).await.unwrap().into_inner().review.unwrap();
    let user = only(clients.users_by_id(ids(&[NEW]), None).await);
    assert_eq!((user.display_name.as_str(), user.given_name.as_str()), ("New Customer", "New"));
    assert_eq!(user.display_name, review.author_name);
    assert_eq!(user.email, "user-new-customer@mail.example");
    assert_eq!(user.create_time.unwrap().seconds, now().as_second());
}

#[tokio::test]
async fn preferences_are_the_shops_own_until_some_are_changed() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    let before = Preferences {
        language: "en".into(),
        notification_sound: true,
        newsletter: false,
        country_code: "FR".into(),
    };
    assert_eq!(preferences(&clients).await, before);
    let values = Preferences { language: "de-CH".into(), newsletter: true, ..Preferences::default() };
    let after = update(&clients, "first-key", &values, &["language"]).await.unwrap();
    assert_eq!(after, Preferences { language: "de-CH".into(), ..before }, "what is not named stays as it is");
    assert_eq!(preferences(&clients).await, after);
    let whole = Preferences { country_code: "CH".into(), notification_sound: false, ..values };
    let paths = ["language", "notification_sound", "newsletter", "country_code"];
    assert_eq!(update(&clients, "second-key", &whole, &paths).await.unwrap(), whole);
    assert_eq!(preferences(&shop.user("user-another-one")).await.language, "en");
}

#[tokio::test]
async fn a_mask_of_preferences_returns_what_it_names_and_no_more() {
    let shop = Shop::open().await;
    let request = GetPreferencesRequest { read_mask: Some(mask(&["country_code"])) };
    let masked = shop.user(NEW).users().get_preferences(request).await.unwrap().into_inner();
    let expected = Preferences { country_code: "FR".into(), ..Preferences::default() };
    assert_eq!(masked.preferences, Some(expected));
}

#[tokio::test]
async fn a_language_is_any_well_formed_tag() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    for (number, language) in ["EN", "en-u-ca-buddhist", "x-own", "sl-rozaj-biske"].into_iter().enumerate() {
        let values = Preferences { language: language.into(), ..Preferences::default() };
        let changed = update(&clients, &format!("the-key-{number}"), &values, &["language"]).await.unwrap();
        assert_eq!(changed.language, language);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_rejected_field_by_field_and_changes_nothing() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    let before = preferences(&clients).await;
    let of = |language: &str, country_code: &str| Preferences {
        language: language.into(),
        country_code: country_code.into(),
        ..Preferences::default()
    };
    let rejected: [(Preferences, &[&str], &[&str]); 6] = [
        (of("en_GB", "FR"), &["language"], &["preferences.language"]),
        (of("en-u", "FR"), &["language"], &["preferences.language"]),
        (of("en", "fr"), &["country_code"], &["preferences.country_code"]),
        (
            of("", "XX"),
            &["newsletter", "country_code", "language"],
            &["preferences.country_code", "preferences.language"],
        ),
        (of("de", "DE"), &[], &["update_mask"]),
        (of("de", "DE"), &["language", "nope"], &["update_mask"]),
    ];
    for (values, paths, fields) in rejected {
        let status = update(&clients, "first-key", &values, paths).await.unwrap_err();
        assert_eq!(failure(&status), (Code::InvalidArgument, "PREFERENCES_INVALID".into()));
        assert_eq!(violations(&status), fields);
    }
    assert_eq!(preferences(&clients).await, before);
    update(&clients, "first-key", &of("de", "DE"), &["language"]).await.unwrap();
}

#[tokio::test]
async fn the_same_key_gives_the_same_response_and_other_content_is_rejected() {
    let shop = Shop::open().await;
    let clients = shop.user(NEW);
    let german = Preferences { language: "de".into(), ..Preferences::default() };
    let french = Preferences { language: "fr".into(), ..Preferences::default() };
    let first = update(&clients, "first-key", &german, &["language"]).await.unwrap();
    update(&clients, "second-key", &french, &["language"]).await.unwrap();
    assert_eq!(update(&clients, "first-key", &german, &["language"]).await.unwrap(), first);
    assert_eq!(preferences(&clients).await.language, "fr", "the repetition changes nothing");
    let status = update(&clients, "first-key", &french, &["language"]).await.unwrap_err();
    assert_eq!(failure(&status), (Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED".into()));
    let other = update(&shop.user(ZOE), "first-key", &french, &["language"]).await.unwrap();
    assert_eq!(other.language, "fr", "the key of another user is another key");
}

#[tokio::test]
async fn nobody_and_no_device_has_preferences() {
    let shop = Shop::open().await;
    for clients in [shop.anybody(), shop.device(ADA)] {
        let read = clients.users().get_preferences(GetPreferencesRequest::default()).await.unwrap_err();
        let values = Preferences { language: "de".into(), ..Preferences::default() };
        let updated = update(&clients, "first-key", &values, &["language"]).await.unwrap_err();
        for status in [read, updated] {
            assert_eq!(failure(&status), (Code::Unauthenticated, "USER_REQUIRED".into()));
        }
    }
}

async fn preferences(clients: &Clients) -> Preferences {
    let request = GetPreferencesRequest::default();
    clients.users().get_preferences(request).await.unwrap().into_inner().preferences.unwrap()
}

async fn update(
    clients: &Clients,
    key: &str,
    values: &Preferences,
    paths: &[&str],
) -> Result<Preferences, Status> {
    let request = UpdatePreferencesRequest {
        idempotency_key: key.into(),
        preferences: Some(values.clone()),
        update_mask: Some(mask(paths)),
    };
    Ok(clients.users().update_preferences(request).await?.into_inner().preferences.unwrap())
}
