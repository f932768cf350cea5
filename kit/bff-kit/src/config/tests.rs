//! Tests of the values that layers read from texts, and of settings that are errors.

use std::path::PathBuf;

use operation::Limit;

use super::*;

const REVIEWS: &str = "shop.reviews.v1.ReviewService";
const CATALOG: &str = "shop.catalog.v1.CatalogService";

fn empty() -> Layers {
    layers([CATALOG, REVIEWS])
}

/// Returns the layers of a development server with these environment variables.
fn environment(pairs: &[(&str, &str)]) -> Layers {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    empty().flag("--mode", "mode", "development").environment("BFF_WEB", pairs.into_iter())
}

/// Returns the layers of a development server with this text in its file.
fn file(text: &str) -> Layers {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bff.toml");
    std::fs::write(&path, text).unwrap();
    empty().file(&path).unwrap().flag("--mode", "mode", "development")
}

/// Returns the layers of a development server with one setting by flag.
fn flag(key: &str, value: &str) -> Layers {
    environment(&[]).flag("--set", key, value)
}

#[track_caller]
fn invalid(layers: &Layers, expected: &str) -> String {
    let error = Config::load(layers).unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}\nis not\n{expected}");
    assert!(!error.contains('\n'), "{error}");
    error
}

#[test]
fn flags_override_the_environment_which_overrides_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bff.toml");
    std::fs::write(
        &path,
        "mode = \"development\"\n[server]\nidle_timeout_ms = 1\nbody_timeout_ms = 2\nheader_timeout_ms = 3",
    )
    .unwrap();
    let variables = [
        ("BFF_WEB__SERVER__BODY_TIMEOUT_MS".to_owned(), "20".to_owned()),
        ("BFF_WEB__SERVER__HEADER_TIMEOUT_MS".to_owned(), "30".to_owned()),
        ("BFF_WEBSITE__SERVER".to_owned(), "not ours".to_owned()),
    ];
    let layers = empty().file(&path).unwrap().environment("BFF_WEB", variables.into_iter()).flag(
        "--set",
        "server.header_timeout_ms",
        "300",
    );
    let server = Config::load(&layers).unwrap().server;
    assert_eq!((server.idle_timeout_ms, server.body_timeout_ms, server.header_timeout_ms), (1, 20, 300));
    let origins = ["idle", "body", "header"]
        .map(|name| layers.source(&format!("server.{name}_timeout_ms")).to_string());
    assert_eq!(
        origins,
        [
            &format!("file {}", path.display()),
            "environment variable BFF_WEB__SERVER__BODY_TIMEOUT_MS",
            "flag --set"
        ]
    );
    assert_eq!(layers.source("server.listen"), Source::Default);
}

#[test]
fn every_bad_setting_is_one_line_that_names_its_key() {
    let cases = [
        (&[("BFF_WEB__SERVER__LISTEN", "nowhere")][..], "server.listen: "),
        (&[("BFF_WEB__SERVER__LISTENN", "127.0.0.1:1")], "server.listenn: unknown field `listenn`"),
        (&[("BFF_WEB__SERVRE__LISTEN", "127.0.0.1:1")], "servre: unknown field `servre`"),
        (&[("BFF_WEB__SERVER__IDLE_TIMEOUT_MS", "soon")], "server.idle_timeout_ms: "),
        (&[("BFF_WEB__SERVER__IDLE_TIMEOUT_MS", "")], "server.idle_timeout_ms: "),
        (&[("BFF_WEB__SERVER", "1")], "server: is a section"),
        (
            &[("BFF_WEB__SERVER", "1"), ("BFF_WEB__SERVER__LISTEN", "x")],
            "server.listen: `server` is not a section",
        ),
        (&[("BFF_WEB__SERVER__TLS__CERTIFICATE", "a.pem")], "server.tls.key: missing field `key`"),
        (&[("BFF_WEB__SERVER__TLS__KEY", "a.pem")], "server.tls.certificate: missing field"),
        (&[("BFF_WEB__SERVER__HTTP_PROFILE", "newest")], "server.http_profile: unknown variant `newest`"),
        (&[("BFF_WEB__LIMITS__COSTS", "1")], "limits.costs: unknown field `costs`"),
        (&[("BFF_WEB__LIMITS__COST", "-1")], "limits.cost: "),
        (
            &[("BFF_WEB__LIMITS__REPORT_ONLY", "[\"cost\", \"alias\"]")],
            "limits.report_only[1]: unknown variant `alias`",
        ),
        (&[("BFF_WEB__MODE", "test")], "mode: unknown variant `test`"),
        (&[("BFF_WEB__UPSTREAM__HOISTING", "yes")], "upstream.hoisting: "),
        (&[("BFF_WEB__SERVER__ALLOWED_ORIGINS", "[\"shop.example\"]")], "server.allowed_origins: "),
        (&[("BFF_WEB__SERVER__ALLOWED_ORIGINS", "https://shop.example")], "server.allowed_origins: "),
        (
            &[("BFF_WEB__SERVER__PUBLIC_ORIGINS", "[\"shop.example\"]")],
            "server.public_origins: `shop.example` is",
        ),
        (
            &[("BFF_WEB__SERVER__PUBLIC_ORIGINS", "[\"app://shop\"]")],
            "server.public_origins: `app://shop` is not",
        ),
        (
            &[("BFF_WEB__SIGN_IN__DPOP", "mobile.shop.example")],
            "sign_in.dpop: `mobile.shop.example` is not an",
        ),
        (
            &[("BFF_WEB__SIGN_IN__DPOP", "https://shop.example/")],
            "sign_in.dpop: `https://shop.example/` goes on",
        ),
        (&[("BFF_WEB__SIGN_IN__DPOP", "app://shop")], "sign_in.dpop: `app://shop` is not reached over HTTP"),
        (&[("BFF_WEB__SERVER__ALLOWED_HEADERS", "[\"x y\"]")], "server.allowed_headers: `x y` is no name"),
        (&[("BFF_WEB__SERVER__ALLOWED_HEADERS", "[\"*\"]")], "server.allowed_headers: `*` lets"),
        (&[("BFF_WEB__SERVER__EXPOSED_HEADERS", "[\"\"]")], "server.exposed_headers: `` is no name"),
    ];
    for (pairs, expected) in cases {
        let error = invalid(&environment(pairs), expected);
        assert!(error.contains("(from environment variable BFF_WEB__"), "{error}");
    }
    for (text, expected) in [
        ("[server]\nlisten_on = 1", "server.listen_on: unknown field"),
        ("[servre]", "servre: unknown field `servre`"),
        ("server = 1", "server: is a section"),
        ("[server]\nidle_timeout_ms = \"5000\"", "server.idle_timeout_ms: invalid type: string \"5000\""),
        ("[upstream]\ndefault = 1", "upstream.default: "),
    ] {
        let error = invalid(&file(text), expected);
        assert!(error.contains("(from file ") && error.ends_with("bff.toml)"), "{error}");
    }
}

#[test]
fn a_text_from_outside_a_file_is_what_its_setting_takes() {
    let layers = environment(&[
        ("BFF_WEB__CREDENTIAL__KEY", "12345678901234567890123456789012"),
        ("BFF_WEB__LOG__FILTER", "true"),
        ("BFF_WEB__LIMITS__COST", "5_000"),
        ("BFF_WEB__LIMITS__REPORT_ONLY", "[\"cost\"]"),
        ("BFF_WEB__UPSTREAM__HOISTING", "false"),
        ("BFF_WEB__OPERATIONS__FOLDER", "1"),
        ("BFF_WEB__SERVER__LISTEN", "127.0.0.1:4001"),
    ]);
    let config = Config::load(&layers).unwrap();
    assert_eq!(config.credential_key(), Some("12345678901234567890123456789012"));
    assert_eq!(config.log.filter, "true");
    assert_eq!((config.limits.cost, &config.limits.report_only[..]), (Some(5_000), &[Limit::Cost][..]));
    assert!(!config.upstream.hoisting);
    assert_eq!(config.operations.folder, Some(PathBuf::from("1")));
    assert_eq!(config.server.listen.port(), 4001);
}

#[test]
fn a_service_is_known_by_its_name_with_dots_or_with_what_shells_take() {
    let variables = [
        "BFF_WEB__UPSTREAM__SERVICES__shop.reviews.v1.ReviewService",
        "BFF_WEB__UPSTREAM__SERVICES__SHOP_REVIEWS_V1_REVIEWSERVICE",
        "BFF_WEB__UPSTREAM__SERVICES__shop_reviews_v1_ReviewService",
        "BFF_WEB__UPSTREAM__SERVICES__SHOP_REVIEWS_V1_REVIEWSERVICE__ADDRESS",
    ];
    let spellings = variables.map(|name| environment(&[(name, "http://127.0.0.1:9")]));
    let table = format!("{{\"{REVIEWS}\" = \"http://127.0.0.1:9\"}}");
    let others = [
        environment(&[("BFF_WEB__UPSTREAM__SERVICES", &table)]),
        flag("upstream.services.shop.reviews.v1.ReviewService", "http://127.0.0.1:9"),
        flag("upstream.services.shop.reviews.v1.ReviewService.address", "http://127.0.0.1:9"),
        file(&format!("[upstream.services]\n\"{REVIEWS}\" = \"http://127.0.0.1:9\"")),
        file(&format!("[upstream.services]\n{REVIEWS} = \"http://127.0.0.1:9\"")),
        file(&format!("[upstream.services.\"{REVIEWS}\"]\naddress = \"http://127.0.0.1:9\"")),
    ];
    for layers in spellings.iter().chain(&others) {
        let services = Config::load(layers).unwrap().upstream.services;
        assert_eq!(services.keys().collect::<Vec<_>>(), [REVIEWS], "{layers:?}");
        assert_eq!(services[REVIEWS].address.as_deref(), Some("http://127.0.0.1:9"));
    }
}

#[test]
fn settings_of_a_service_from_several_places_add_up() {
    let layers = file(&format!("[upstream.services]\n\"{REVIEWS}\" = \"https://reviews.example\""))
        .environment(
            "BFF_WEB",
            [("BFF_WEB__UPSTREAM__SERVICES__SHOP_REVIEWS_V1_REVIEWSERVICE__CA".to_owned(), "7".to_owned())]
                .into_iter(),
        )
        .flag("--set", "upstream.services.shop.reviews.v1.ReviewService.client_key", "a.key");
    let reviews = &Config::load(&layers).unwrap().upstream.services[REVIEWS];
    assert_eq!(reviews.address.as_deref(), Some("https://reviews.example"));
    assert_eq!((&reviews.ca, &reviews.client_key), (&Some("7".into()), &Some("a.key".into())));
}

#[test]
fn a_service_that_is_not_called_is_an_error_that_suggests_another() {
    let key = "upstream.services.shop.reviews.v1.ReviewServce";
    let error = invalid(&flag(key, "http://127.0.0.1:9"), &format!("{key}: this BFF calls no such service"));
    assert!(
        error.contains(&format!("did you mean `{REVIEWS}`?")) && error.contains("(from flag --set)"),
        "{error}"
    );
    let name = "BFF_WEB__UPSTREAM__SERVICES__SHOP_REVIEW_V1_REVIEWSERVICE__CA";
    let error = invalid(&environment(&[(name, "a.pem")]), "upstream.services.SHOP_REVIEW_V1_REVIEWSERVICE: ");
    assert!(error.contains(REVIEWS) && error.contains(name), "{error}");
    let error =
        invalid(&flag("upstream.services.payments", "http://127.0.0.1:9"), "upstream.services.payments: ");
    assert!(error.contains(&format!("it calls {CATALOG}, {REVIEWS}")), "{error}");
    let unknown = flag("upstream.services.shop.reviews.v1.ReviewService.cert", "a.pem");
    invalid(&unknown, "upstream.services.shop.reviews.v1.ReviewService.cert: unknown field `cert`");
}

#[test]
fn numbers_out_of_bounds_are_errors() {
    let mut tried = 0;
    for setting in settings() {
        for bad in [setting.minimum.map(|least| least - 1), setting.maximum.map(|most| most + 1)] {
            let Some(bad) = bad.filter(|bad| *bad >= 0) else { continue };
            let error =
                invalid(&flag(&setting.key, &bad.to_string()), &format!("{}: `{bad}` is ", setting.key));
            assert!(error.ends_with("(from flag --set)"), "{error}");
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried}");
    invalid(&flag("server.deadline_ms", "0"), "server.deadline_ms: `0` is less than 1");
    invalid(&flag("server.max_body_bytes", "0"), "server.max_body_bytes: `0` is less than 1");
}

#[test]
fn a_time_or_size_is_positive_or_its_description_explains_zero() {
    for setting in
        settings().iter().filter(|it| it.kind.starts_with("milliseconds") || it.kind.starts_with("bytes"))
    {
        let is_bounded = setting.minimum.is_some_and(|least| least > 0);
        assert!(is_bounded || setting.meaning.contains(" 0 "), "{}: {}", setting.key, setting.meaning);
    }
}

#[test]
fn addresses_with_parts_that_no_call_would_use_are_errors() {
    for (address, problem) in [
        ("http://host:1/prefix", "`http://host:1/prefix` has a path"),
        ("http://host:1?a=b", "has a query"),
        ("ftp://host:1", "has a scheme"),
        ("host:1", "is not an address"),
    ] {
        for key in ["upstream.default", "upstream.services.shop.reviews.v1.ReviewService.address"] {
            let error = invalid(&flag(key, address), &format!("{key}: "));
            assert!(error.contains(problem) && error.ends_with("(from flag --set)"), "{error}");
        }
    }
}

#[test]
fn production_wants_a_key_of_its_own_that_is_long_enough() {
    let production = |key| empty().flag("--set", "credential.key", key);
    for (key, problem) in [
        ("", "is empty"),
        ("x", "is shorter than the 32 bytes"),
        ("a key of thirty-one bytes, hm...", ""),
        ("a key of thirty-one bytes, hm..", "is shorter than the 32 bytes"),
        (super::credential::DEVELOPMENT_CREDENTIAL_KEY, "is the development key"),
    ] {
        if problem.is_empty() {
            assert_eq!(Config::load(&production(key)).unwrap().mode, Mode::Production);
            continue;
        }
        let error = invalid(&production(key), &format!("credential.key: {problem}"));
        assert!(key.len() < 2 || !error.contains(key), "{error}");
    }
    invalid(&flag("credential.key", ""), "credential.key: is empty");
}

#[test]
fn the_value_of_a_secret_is_in_no_error() {
    let all = [
        ("credential.key = 8765432187654321", "8765"),
        ("credential.key = 1.5", "1.5"),
        ("credential.key = true", "true"),
        ("credential.key = [\"hunter2\"]", "hunter2"),
        ("credential.key = { hunter2 = 1 }", "hunter2"),
        ("credential = \"hunter2\"", "hunter2"),
        ("credential = [\"hunter2\"]", "hunter2"),
        ("[credential]\nkye = \"hunter2\"", "hunter2"),
        ("upstream.default = \"http://ada:hunter2@host\"", "hunter2"),
        ("upstream.default = \"https://host?token=hunter2\"", "hunter2"),
    ];
    for (text, secret) in all {
        let error = Config::load(&file(text)).unwrap_err().to_string();
        assert!(!error.contains(secret), "{error}");
    }
    for (key, value) in
        [("credential", "hunter2"), ("credential.key.hunter", "hunter2"), ("credential.kye", "hunter2")]
    {
        let error = Config::load(&flag(key, value)).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
    let config = Config::load(&flag("credential.key", "hunter2")).unwrap();
    assert!(!format!("{config:?} {}", config.to_toml()).contains("hunter2"));
}

#[test]
fn a_file_that_is_not_toml_shows_no_line_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bff.toml");
    for text in
        ["[credential]\nkey = hunter2\n", "[credential]\nkey = \"hunter2\n", "[credential]\nkey \"hunter2\""]
    {
        std::fs::write(&path, text).unwrap();
        let error = empty().file(&path).unwrap_err().to_string();
        assert!(error.contains("bff.toml, line 2: ") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn every_setting_is_described() {
    let all = settings();
    assert!(all.len() > 30, "{}", all.len());
    for setting in all {
        assert!(setting.meaning.ends_with('.') && !setting.kind.is_empty(), "{setting:?}");
    }
    let default = |key: &str| settings().into_iter().find(|it| it.key == key).unwrap().default;
    assert_eq!(default("mode").unwrap().as_str(), Some("production"));
    assert_eq!(default("limits.cost"), None);
}
