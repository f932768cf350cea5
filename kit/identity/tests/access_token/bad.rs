//! Tokens that are rejected, all with one answer (the goal of 48 bad tokens, RFC 8725 and RFC 9068).

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::support::{AUDIENCE, ISSUER, Issuer, START, Server, TestKey, claims, encode, settings};

/// Keys of the issuer, and one of an attacker.
struct Keys {
    rsa: TestKey,
    p256: TestKey,
    attacker: TestKey,
}

/// A case, with the values of its `authorization` headers.
type Case = (String, Vec<String>);

fn case(name: impl Into<String>, token: impl std::fmt::Display) -> Case {
    (name.into(), vec![format!("Bearer {token}")])
}

impl Keys {
    fn header(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut header = self.p256.header();
        change(&mut header);
        header
    }

    /// A good signature under a header that was changed.
    fn under(&self, change: impl FnOnce(&mut Value)) -> String {
        self.p256.sign(&self.header(change).to_string(), claims().to_string())
    }

    /// A good signature over claims that were changed.
    fn over(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims();
        change(&mut claims);
        self.p256.token(&claims)
    }

    fn with(&self, claim: &str, value: Value) -> String {
        self.over(|claims| claims[claim] = value)
    }

    fn without(&self, claim: &str) -> String {
        self.over(|claims| drop(claims.as_object_mut().unwrap().remove(claim)))
    }

    fn algorithms(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for none in ["none", "None", "NONE", "nOnE"] {
            let header = self.header(|it| it["alg"] = none.into()).to_string();
            let unsigned = format!("{}.{}.", encode(header), encode(claims().to_string()));
            cases.push(case(format!("algorithm {none}"), unsigned));
        }
        let public = self.rsa.jwk()["n"].as_str().unwrap().to_owned();
        for secret in [public.as_bytes(), b""] {
            let hmac = TestKey {
                id: "rs",
                name: "HS256",
                algorithm: Algorithm::HS256,
                key: EncodingKey::from_secret(secret),
            };
            cases.push(case("HS256 with the public key, or nothing, as secret", hmac.token(&claims())));
        }
        let long = TestKey { name: "RS512", algorithm: Algorithm::RS512, ..TestKey::rsa("rs") };
        cases.push(case("an algorithm that is not allowed", long.token(&claims())));
        cases.push(case("an algorithm that the key is not for", TestKey::rsa_pss("rs").token(&claims())));
        cases.push(case("an algorithm in lower case", self.under(|it| it["alg"] = "es256".into())));
        cases.push(case("an algorithm that is a number", self.under(|it| it["alg"] = 1.into())));
        cases.push(case("no algorithm", self.under(|it| drop(it.as_object_mut().unwrap().remove("alg")))));
        cases.push(case("a key of another type", self.under(|it| it["kid"] = "rs".into())));
        cases.push(case("a key that encrypts", self.under(|it| it["kid"] = "enc".into())));
        cases.push(case("a key for another algorithm", self.under(|it| it["kid"] = "es384".into())));
        cases
    }

    fn signatures(&self) -> Vec<Case> {
        let good = self.p256.token(&claims());
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let other = self.with("sub", "eve".into());
        let (other, _) = other.rsplit_once('.').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        vec![
            case("ES256 with zeros", format!("{signed}.{}", encode([0; 64]))),
            case("a signature that is cut", format!("{signed}.{}", &signature[..40])),
            case("no signature", format!("{signed}.")),
            case("a signature that was changed", format!("{signed}.{flipped}{}", &signature[1..])),
            case("claims that were changed", format!("{other}.{signature}")),
            case("the key of an attacker under the id of ours", self.attacker.token(&claims())),
        ]
    }

    fn key_ids(&self) -> Vec<Case> {
        let long = "k".repeat(10_000);
        let ids = ["unknown", "", "../../dev/null", "es' OR '1'='1", "es\0", "ES", &long];
        let mut cases: Vec<_> =
            ids.map(|id| case(format!("key id {id:.20}"), self.under(|it| it["kid"] = id.into()))).into();
        cases.push(case("a key id that is a number", self.under(|it| it["kid"] = 1.into())));
        cases.push(case("no key id", self.under(|it| drop(it.as_object_mut().unwrap().remove("kid")))));
        for (name, value) in [
            ("jku", json!("https://attacker.example/jwks.json")),
            ("x5u", json!("https://attacker.example/cert.pem")),
            ("jwk", self.attacker.jwk()),
            ("x5c", json!(["MIIB"])),
        ] {
            let mut header = self.attacker.header();
            header[name] = value;
            let token = self.attacker.sign(&header.to_string(), claims().to_string());
            cases.push(case(format!("a key of an attacker in {name}"), token));
        }
        cases
    }

    fn types(&self) -> Vec<Case> {
        let mut cases = vec![
            case("no type", self.under(|it| drop(it.as_object_mut().unwrap().remove("typ")))),
            case("a critical extension", self.under(|it| it["crit"] = json!(["b64"]))),
            case("an empty list of critical extensions", self.under(|it| it["crit"] = json!([]))),
        ];
        for typ in ["JWT", "id+jwt", "logout+jwt", "dpop+jwt", "at+jwt ", "text/at+jwt"] {
            cases.push(case(format!("type {typ}"), self.under(|it| it["typ"] = typ.into())));
        }
        let twice = r#"{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"es"}"#;
        cases.push(case("two algorithms", self.p256.sign(twice, claims().to_string())));
        cases
    }

    fn audiences_and_issuers(&self) -> Vec<Case> {
        let audiences = [
            json!("bff-web"),
            json!(["bff-web", "bff-iot"]),
            json!([]),
            json!([AUDIENCE, 1]),
            json!([[AUDIENCE]]),
            json!({ "aud": AUDIENCE }),
            json!("bff-mobile-admin"),
            json!("bff"),
            json!("BFF-MOBILE"),
            json!("bff-mobile "),
            json!("bff-web bff-mobile"),
            json!(null),
        ];
        let issuers = [
            json!(format!("{ISSUER}/")),
            json!("http://id.example"),
            json!("https://ID.example"),
            json!("https://id.example.attacker.example"),
            json!([ISSUER]),
            json!(null),
        ];
        let audiences = audiences.map(|it| case(format!("audience {it}"), self.with("aud", it)));
        let issuers = issuers.map(|it| case(format!("issuer {it}"), self.with("iss", it)));
        audiences.into_iter().chain(issuers).collect()
    }

    fn times(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for claim in ["exp", "nbf", "iat"] {
            // A time that would be good, in forms that are not.
            let good = if claim == "exp" { START + 3600 } else { START };
            let as_float = f64::from(u32::try_from(good).unwrap());
            let values = [
                json!(good.to_string()),
                json!(as_float + 0.5),
                json!(as_float),
                json!(-1),
                json!(1_u64 << 63),
                json!(u64::MAX),
                json!(null),
                json!([good]),
                json!(true),
            ];
            cases.extend(values.map(|it| case(format!("{claim} {it}"), self.with(claim, it))));
        }
        let beyond = json!(START + 24 * 3600 + 1);
        cases.push(case("expired, and the leeway is over", self.with("exp", json!(START - 5))));
        cases.push(case("expired by more than the leeway", self.with("exp", json!(START - 6))));
        cases.push(case("not valid yet", self.with("nbf", json!(START + 6))));
        cases.push(case("issued in the future", self.with("iat", json!(START + 6))));
        cases.push(case("too long a lifetime", self.with("exp", beyond)));
        cases.push(case("milliseconds", self.with("exp", json!((START + 3600) * 1000))));
        cases
    }

    fn claims(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
            cases.push(case(format!("no {claim}"), self.without(claim)));
        }
        for claim in ["sub", "client_id", "jti"] {
            cases.push(case(format!("an empty {claim}"), self.with(claim, "".into())));
            cases.push(case(format!("{claim} is a number"), self.with(claim, 1.into())));
        }
        cases.push(case("a user of two lines", self.with("sub", "ada\r\nx-admin: true".into())));
        cases.push(case("a list of scopes", self.with("scope", json!(["cart"]))));
        cases.push(case("malformed scopes", self.with("scope", "cart  admin".into())));

        let good = claims().to_string();
        let header = self.p256.header().to_string();
        for double in [
            r#""exp":1,"#,
            r#""sub":"eve","#,
            r#""aud":"x","aud":"y","#,
            r#""x":1,"x":2,"#,
            r#""x":[{"y":1,"y":2}],"#,
        ] {
            let text = good.replacen('{', &format!("{{{double}"), 1);
            cases.push(case(format!("claims twice: {double}"), self.p256.sign(&header, text)));
        }
        for (name, text) in [
            ("text after the claims", format!("{good}{{}}")),
            ("claims that are a list", format!("[{good}]")),
            ("claims that are null", "null".to_owned()),
            ("claims that are no JSON", "{'iss':1}".to_owned()),
            ("a token in a token", self.p256.token(&claims())),
            ("claims that nest without end", good.replacen('{', &format!("{{\"x\":{}", "[".repeat(2000)), 1)),
        ] {
            cases.push(case(name, self.p256.sign(&header, text)));
        }
        cases.push(case("claims that are no UTF-8", self.p256.sign(&header, b"{\"iss\":\"\xff\"}")));
        cases
    }

    fn forms(&self) -> Vec<Case> {
        let good = self.p256.token(&claims());
        let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
        let (signed, _) = good.rsplit_once('.').unwrap();
        // 64 bytes are 86 characters, of which the last has two bits to spare.
        let last = char::from(signature.as_bytes()[85] + 1);
        let spare = format!("{signed}.{}{last}", &signature[..85]);
        let mut cases = vec![
            case("five parts, as if encrypted", format!("{good}.{header}.{payload}")),
            case("two parts", signed),
            case("one part", header),
            case("four parts", format!("{good}.")),
            case("no parts", ".."),
            case("nothing", ""),
            case("padding", format!("{header}=.{payload}.{signature}")),
            case("padding of the signature", format!("{good}==")),
            case("standard base64", format!("{header}.+/{payload}.{signature}")),
            case("bits that are not used", spare),
            case("a space after", format!("{good} ")),
            case("two spaces before", format!(" {good}")),
            case("a tab within", format!("{signed}\t.{signature}")),
            case("a comma and another", format!("{good}, Bearer {good}")),
            case("a megabyte", self.with("x", "x".repeat(1 << 20).into())),
            case("a byte more than 8 KiB", self.longer_than(8 * 1024)),
        ];
        let headers = [
            ("two headers", vec![format!("Bearer {good}"), format!("Bearer {good}")]),
            ("two headers, one empty", vec![String::new(), format!("Bearer {good}")]),
            ("no scheme", vec![good.clone()]),
            ("no token", vec!["Bearer".to_owned()]),
            ("an empty header", vec![String::new()]),
            ("another scheme", vec![format!("Basic {good}")]),
            ("a scheme that begins alike", vec![format!("BearerX {good}")]),
            ("a tab after the scheme", vec![format!("Bearer\t{good}")]),
        ];
        cases.extend(headers.map(|(name, values)| (name.to_owned(), values)));
        cases
    }

    /// A token that is good but for its length.
    fn longer_than(&self, bytes: usize) -> String {
        // Three bytes become four characters, and other claims stand beside.
        let mut padded = (bytes * 3 / 4 - 500..).map(|padding| self.with("x", "x".repeat(padding).into()));
        padded.find(|token| token.len() > bytes).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn each_bad_token_gets_the_one_answer() {
    let keys = Keys { rsa: TestKey::rsa("rs"), p256: TestKey::p256("es"), attacker: TestKey::p256("es") };
    let issuer = Issuer::with(&[]);
    let as_ = |id: &str, name: &str, value: &str| {
        let mut jwk = keys.p256.jwk();
        (jwk["kid"], jwk[name]) = (id.into(), value.into());
        jwk
    };
    let set = [keys.rsa.jwk(), keys.p256.jwk(), as_("enc", "use", "enc"), as_("es384", "alg", "ES384")];
    issuer.answers(&json!({ "keys": set }).to_string());
    let server = Server::start(&issuer, settings());
    assert!(
        server.bearer(&keys.p256.token(&claims())).await.is_ok(),
        "the tokens are good but for what is bad"
    );

    let cases = [
        keys.algorithms(),
        keys.signatures(),
        keys.key_ids(),
        keys.types(),
        keys.audiences_and_issuers(),
        keys.times(),
        keys.claims(),
        keys.forms(),
    ]
    .concat();
    println!("{} bad tokens", cases.len());
    assert!(cases.len() >= 48, "{}", cases.len());
    for (case, values) in &cases {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        let challenge = server.headers(&headers).await.expect_err(case);
        assert_eq!(challenge.status(), StatusCode::UNAUTHORIZED, "{case}: {}", challenge.reason());
        assert_eq!(challenge.authenticate().unwrap(), "Bearer error=\"invalid_token\"", "{case}");
        assert_eq!(challenge.message(), "The credential of this request is not accepted.", "{case}");
    }
    assert!(issuer.fetches() <= 2, "{}", issuer.fetches());
}

/// Bytes of a good token, changed at random: none is accepted, and none makes the server panic.
#[tokio::test(start_paused = true)]
async fn no_change_of_a_good_token_is_accepted() {
    let key = TestKey::ed25519("ed");
    let server = Server::start(&Issuer::with(&[&key]), settings());
    let good = key.token(&claims());
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..5_000 {
        let mut token = good.clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..token.len());
            match random.u8(..3) {
                0 => token[at] = random.u8(33..127),
                1 => drop(token.remove(at)),
                _ => token.insert(at, random.u8(33..127)),
            }
        }
        let token = String::from_utf8(token).unwrap();
        assert!(token == good || server.bearer(&token).await.is_err(), "{token}");
    }
}
