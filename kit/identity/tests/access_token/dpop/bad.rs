//! Proofs and tokens that are rejected, all with one answer (RFC 9449, section 4.3).

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::client::{Client, DPOP, ORIGIN, Proof, Stand, headers};
use crate::support::{START, TestKey, claims, encode};

/// A case, with the headers of its request.
type Case = (String, HeaderMap);

/// A client whose token is good, and whose proofs are good but for what is bad.
struct Cases {
    stand: Stand,
    client: Client,
    thief: Client,
    token: String,
}

impl Cases {
    fn new() -> Self {
        let (stand, client) = (Stand::new(), Client::new());
        let token = stand.token(&client);
        Self { stand, client, thief: Client::new(), token }
    }

    fn good(&self) -> Proof<'_> {
        self.client.proof(&self.token)
    }

    /// A proof under a header with other values.
    fn header(&self, name: &str, values: impl IntoIterator<Item = Value>) -> Vec<Case> {
        let case = |value: Value| (format!("{name} {value}"), self.good().header(name, value).headers());
        let mut without = self.good();
        without.header.as_object_mut().unwrap().remove(name);
        values.into_iter().map(case).chain([(format!("no {name}"), without.headers())]).collect()
    }

    /// A proof over a claim with other values.
    fn claim(&self, name: &str, values: impl IntoIterator<Item = Value>) -> Vec<Case> {
        let case = |value: Value| (format!("{name} {value:.60}"), self.good().claim(name, value).headers());
        let mut without = self.good();
        without.claims.as_object_mut().unwrap().remove(name);
        values.into_iter().map(case).chain([(format!("no {name}"), without.headers())]).collect()
    }

    /// The good token, with a proof of this text.
    fn proof(&self, name: &str, text: &str) -> Case {
        (name.to_owned(), headers(&self.token, text))
    }

    fn requests(&self) -> Vec<Case> {
        let (authorization, proof) = (format!("DPoP {}", self.token), self.good().text());
        let other = self.good().text();
        let bearer = format!("Bearer {}", self.token);
        let cases: [(&str, &[(HeaderName, &str)]); 11] = [
            ("no proof", &[(AUTHORIZATION, &authorization)]),
            ("an empty proof", &[(AUTHORIZATION, &authorization), (DPOP, "")]),
            ("two proofs", &[(AUTHORIZATION, &authorization), (DPOP, &proof), (DPOP, &other)]),
            ("one proof twice", &[(AUTHORIZATION, &authorization), (DPOP, &proof), (DPOP, &proof)]),
            (
                "two proofs in one header",
                &[(AUTHORIZATION, &authorization), (DPOP, &format!("{proof}, {other}"))],
            ),
            ("a proof alone", &[(DPOP, &proof)]),
            ("a bearer token", &[(AUTHORIZATION, &bearer)]),
            ("a bearer token with a proof", &[(AUTHORIZATION, &bearer), (DPOP, &proof)]),
            (
                "two tokens",
                &[(AUTHORIZATION, &authorization), (AUTHORIZATION, &authorization), (DPOP, &proof)],
            ),
            (
                "a token of each scheme",
                &[(AUTHORIZATION, &authorization), (AUTHORIZATION, &bearer), (DPOP, &proof)],
            ),
            ("no scheme", &[(AUTHORIZATION, &self.token), (DPOP, &proof)]),
        ];
        let headers = |pairs: &[(HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, HeaderValue::from_str(value).unwrap());
            }
            headers
        };
        cases.map(|(name, pairs)| (name.to_owned(), headers(pairs))).into()
    }

    fn tokens(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let thumbprint = self.client.thumbprint();
        for confirmation in [
            json!(null),
            json!(thumbprint),
            json!({}),
            json!({ "jkt": null }),
            json!({ "jkt": [thumbprint] }),
            json!({ "jkt": format!("{thumbprint}=") }),
            json!({ "jkt": &thumbprint[..42] }),
            json!({ "jkt": self.thief.thumbprint() }),
            json!({ "jkt": thumbprint, "x5t#S256": encode([0; 32]) }),
            json!({ "x5t#S256": thumbprint }),
            json!({ "jwk": self.client.jwk() }),
        ] {
            let mut claims = claims();
            claims["cnf"] = confirmation.clone();
            let token = self.stand.key.token(&claims);
            cases.push((format!("bound to {confirmation}"), self.client.proof(&token).headers()));
        }
        let twice =
            claims().to_string().replacen('{', &format!(r#"{{"cnf":{{"jkt":"","jkt":"{thumbprint}"}},"#), 1);
        let mut expired = claims();
        (expired["cnf"], expired["exp"]) = (json!({ "jkt": thumbprint }), json!(START - 5));
        let flipped = if self.token.ends_with('A') { "Q" } else { "A" };
        for (name, token) in [
            ("bound to nothing", self.stand.key.token(&claims())),
            ("bound twice", self.stand.key.sign(&self.stand.key.header().to_string(), twice)),
            ("expired", self.stand.key.token(&expired)),
            ("a token that was changed", format!("{}{flipped}", &self.token[..self.token.len() - 1])),
            ("no token", String::new()),
        ] {
            cases.push((name.to_owned(), self.client.proof(&token).headers()));
        }
        cases
    }

    fn claims(&self) -> Vec<Case> {
        let other = encode([7; 32]);
        let hash = self.good().claims["ath"].as_str().unwrap().to_owned();
        let at = |target: &str| json!(target);
        [
            self.claim("htm", [json!("GET"), json!("post"), json!("POST "), json!(""), json!(["POST"])]),
            self.claim(
                "htu",
                [
                    at("/graphql"),
                    at(ORIGIN),
                    at("https://mobile.shop.example/graphql/"),
                    at("https://mobile.shop.example/other"),
                    at("https://mobile.shop.example/GraphQL"),
                    at("http://mobile.shop.example/graphql"),
                    at("https://mobile.shop.example:8443/graphql"),
                    at("https://shop.example/graphql"),
                    at("https://attacker.example/graphql"),
                    at("https://attacker.example?https://mobile.shop.example/graphql"),
                    at("https://attacker@mobile.shop.example/graphql"),
                    json!([format!("{ORIGIN}/graphql")]),
                    json!(null),
                ],
            ),
            self.claim(
                "iat",
                [
                    json!(START - 65),
                    json!(START - 3600),
                    json!(START + 6),
                    json!(START * 1000),
                    json!(START.to_string()),
                    json!(1_800_000_000.0),
                    json!(-1),
                    json!(1_u64 << 63),
                    json!(null),
                ],
            ),
            self.claim(
                "ath",
                [
                    json!(other),
                    json!(format!("{hash}=")),
                    json!(hash.to_lowercase()),
                    json!(self.token),
                    json!(""),
                    json!(null),
                ],
            ),
            self.claim("jti", [json!(""), json!("j".repeat(256)), json!(1), json!(null), json!(["1"])]),
        ]
        .concat()
    }

    fn headers(&self) -> Vec<Case> {
        let types = ["JWT", "at+jwt", "dpop", "dpop+jwt ", "text/dpop+jwt", ""];
        let names = ["none", "None", "HS256", "ES384", "es256", "RS256", "EdDSA", ""];
        let mut cases = [
            self.header("typ", types.map(Value::from)),
            self.header("alg", names.map(Value::from).into_iter().chain([json!(1), json!(null)])),
        ]
        .concat();
        for (name, value) in [("crit", json!(["b64"])), ("crit", json!([])), ("crit", json!(null))] {
            cases.push((format!("{name} {value}"), self.good().header(name, value).headers()));
        }
        cases
    }

    fn keys(&self) -> Vec<Case> {
        let with = |name: &str, value: Value| {
            let mut jwk = self.client.jwk();
            jwk[name] = value;
            jwk
        };
        let (rsa, okp) = (TestKey::rsa("rs").jwk(), TestKey::ed25519("ed").jwk());
        let mut cases = self.header(
            "jwk",
            [
                json!(null),
                json!("key"),
                json!([self.client.jwk()]),
                json!({}),
                json!({ "kid": "client" }),
                self.thief.jwk(),
                rsa,
                okp,
                json!({ "kty": "oct", "k": encode("secret") }),
                json!({ "kty": "RSA", "n": encode([255; 128]), "e": "AQAB" }),
                with("d", encode([1; 32]).into()),
                with("k", encode([1; 32]).into()),
                with("kty", "OKP".into()),
                with("crv", "P-384".into()),
                with("x", encode([1; 31]).into()),
                with("x", encode([0; 32]).into()),
                with("x", "not base64".into()),
                with("x", json!(1)),
                with("y", json!(null)),
                with("use", "enc".into()),
                with("key_ops", json!(["sign"])),
                with("alg", "RS256".into()),
                with("alg", "ES384".into()),
            ],
        );
        let pss = Client { key: TestKey::rsa_pss("ps") };
        let proof = pss.proof(&self.stand.token(&pss)).header("jwk", TestKey::rsa("ps").jwk()).headers();
        cases.push(("a key for another algorithm of its type".to_owned(), proof));
        let twice = self.good().header.to_string().replacen(r#""jwk":{"#, r#""jwk":{"kty":"EC","#, 1);
        assert!(twice.contains(r#""kty":"EC","#), "{twice}");
        let proof = self.good();
        let signed = |header: &str| proof.signer.sign(header, proof.claims.to_string());
        cases.push(self.proof("a key with a member twice", &signed(&twice)));
        let header = proof.header.to_string();
        cases.push(
            self.proof("a header with a member twice", &signed(&header.replacen('{', r#"{"typ":"x","#, 1))),
        );
        cases
    }

    fn signatures(&self) -> Vec<Case> {
        let (good, other) = (self.good().text(), self.good().text());
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let (changed, _) = other.rsplit_once('.').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let by = |signer| Proof { signer, ..self.good() }.text();
        let unsigned = self.good().header("alg", "none".into()).text();
        let secret = |secret: &[u8], jwk: Value| {
            let key = EncodingKey::from_secret(secret);
            let key = TestKey { id: "", name: "HS256", algorithm: Algorithm::HS256, key };
            Proof { signer: &key, ..self.good().header("alg", "HS256".into()).header("jwk", jwk) }.text()
        };
        let public = self.client.jwk();
        let symmetric = json!({ "kty": "oct", "k": encode("secret") });
        vec![
            self.proof("signed by another key", &by(&self.thief.key)),
            self.proof("signed by the issuer", &by(&self.stand.key)),
            self.proof("signed and proven by another key", &self.thief.proof(&self.token).text()),
            self.proof("zeros", &format!("{signed}.{}", encode([0; 64]))),
            self.proof("a signature that is cut", &format!("{signed}.{}", &signature[..40])),
            self.proof("no signature", &format!("{signed}.")),
            self.proof("a signature that was changed", &format!("{signed}.{flipped}{}", &signature[1..])),
            self.proof("claims that were changed", &format!("{changed}.{signature}")),
            self.proof("unsigned", &format!("{}.", unsigned.rsplit_once('.').unwrap().0)),
            self.proof("HS256 with the public key", &secret(public.to_string().as_bytes(), public)),
            self.proof("HS256 with its own key", &secret(b"secret", symmetric)),
        ]
    }

    fn forms(&self) -> Vec<Case> {
        let good = self.good().text();
        let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
        let proof = self.good();
        let over = |claims: &str| proof.signer.sign(&proof.header.to_string(), claims);
        let text = proof.claims.to_string();
        let padded = |bytes: usize| self.good().claim("x", "x".repeat(bytes).into()).text();
        let longer = (2_500..3_500).map(padded).find(|it| it.len() > 4 * 1024).unwrap();
        vec![
            self.proof("five parts", &format!("{good}.{header}.{claims}")),
            self.proof("two parts", &format!("{header}.{claims}")),
            self.proof("no parts", ".."),
            self.proof("padding", &format!("{header}=.{claims}.{signature}")),
            self.proof("a space within", &format!("{header}. {claims}.{signature}")),
            self.proof("a scheme before", &format!("DPoP {good}")),
            self.proof("the token as its proof", &self.token),
            self.proof("text after the claims", &over(&format!("{text}{{}}"))),
            self.proof("claims that are a list", &over(&format!("[{text}]"))),
            self.proof("claims that are no JSON", &over("{'jti':1}")),
            self.proof("a claim twice", &over(&text.replacen('{', r#"{"htm":"GET","#, 1))),
            self.proof(
                "claims that nest without end",
                &over(&text.replacen('{', &format!("{{\"x\":{}", "[".repeat(500)), 1)),
            ),
            self.proof("a byte more than 4 KiB", &longer),
            self.proof("a hundred kilobytes", &padded(100_000)),
        ]
    }
}

#[tokio::test(start_paused = true)]
async fn each_bad_proof_gets_the_one_answer() {
    let cases = Cases::new();
    let stand = &cases.stand;
    let all = [
        cases.requests(),
        cases.tokens(),
        cases.claims(),
        cases.headers(),
        cases.keys(),
        cases.signatures(),
        cases.forms(),
    ]
    .concat();
    println!("{} bad proofs", all.len());
    assert!(all.len() >= 25, "{}", all.len());
    // The second time the good token is remembered.
    for round in 0..2 {
        for (case, headers) in &all {
            let challenge = stand.send(headers).await.expect_err(case);
            assert_eq!(challenge.status(), 401, "{case}: {}", challenge.reason());
            let expected = "DPoP error=\"invalid_token\", algs=\"ES256 EdDSA Ed25519 PS256 RS256\"";
            assert_eq!(challenge.authenticate().unwrap(), expected, "{case}");
            assert_eq!(challenge.message(), "The credential of this request is not accepted.", "{case}");
        }
        assert_eq!(stand.store.written.lock().unwrap().len(), round, "no bad proof reaches the store");
        let good = stand.send(&cases.good().headers()).await;
        assert!(good.is_ok(), "the proofs are good but for what is bad: {good:?}");
    }
    assert_eq!(stand.issuer.fetches(), 1, "nor does one make the server ask for keys");
}

/// The checks that cost little come before those that cost much, so that a bad proof makes the server load no keys.
#[tokio::test(start_paused = true)]
async fn only_a_proof_that_could_be_good_makes_the_server_ask_for_keys() {
    let cases = Cases::new();
    let (stand, client) = (&cases.stand, &cases.client);
    assert!(stand.send(&cases.good().headers()).await.is_ok());
    let mut claims = claims();
    claims["cnf"] = json!({ "jkt": client.thumbprint() });
    let token = TestKey::ed25519("unknown").token(&claims);
    let proof = || client.proof(&token);
    for bad in [
        proof().claim("iat", (START - 65).into()),
        proof().claim("htm", "GET".into()),
        proof().claim("htu", ORIGIN.into()),
        proof().claim("ath", encode([7; 32]).into()),
        proof().header("typ", "JWT".into()),
        cases.thief.proof(&token),
    ] {
        assert!(stand.send(&bad.headers()).await.is_err());
        assert_eq!(stand.issuer.fetches(), 1, "{} {}", bad.header, bad.claims);
    }
    assert!(stand.send(&proof().headers()).await.is_err());
    assert_eq!(stand.issuer.fetches(), 2);
}

/// Bytes of a good proof, changed at random: none is accepted, and none makes the server panic.
#[tokio::test(start_paused = true)]
async fn no_change_of_a_good_proof_is_accepted() {
    let cases = Cases::new();
    assert!(cases.stand.send(&cases.good().headers()).await.is_ok());
    let good = cases.good().text();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..3_000 {
        let mut proof = good.clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..proof.len());
            match random.u8(..3) {
                0 => proof[at] = random.u8(33..127),
                1 => drop(proof.remove(at)),
                _ => proof.insert(at, random.u8(33..127)),
            }
        }
        let proof = String::from_utf8(proof).unwrap();
        let is_ok = cases.stand.send(&headers(&cases.token, &proof)).await.is_ok();
        assert!(proof == good || !is_ok, "{proof}");
    }
}
