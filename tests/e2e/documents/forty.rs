//! Each way to name an operation, in each of ten cases.

use std::fmt::Write as _;
use std::path::Path;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::*;
use crate::support::assert_snapshot;

/// Cases that each form is tried in.
const CASES: [&str; 10] = [
    "hit",
    "miss",
    "mismatch",
    "wrong version",
    "id and body",
    "mutation by GET",
    "registered, then requested",
    "invalid document",
    "flood of 100,000",
    "another client's id",
];

/// Number of ids, or documents, in a flood.
const FLOOD: usize = 100_000;

/// Bytes that documents sent with their hash may take.
const ROOM: u64 = 2_000_000;

/// Requests of a flood in one batch.
const BATCH: usize = 500;

struct Forty<'a> {
    shop: &'a Shop,
    /// The contracts that the shop watches.
    contracts: &'a Path,
    form: Form,
}

impl Forty<'_> {
    async fn by_id(&self, id: &str, more: Value) -> Answer {
        self.shop.send(self.form.request(self.shop, id, &more, false)).await
    }

    /// Runs a case; returns its last answer.
    async fn outcome(&self, case: &str) -> Answer {
        let Self { shop, form, .. } = *self;
        let (id, text, variables) = form.query();
        let with = json!({ "variables": variables });
        match (case, form) {
            ("hit", _) => self.hit().await,
            ("miss", Form::Short) => self.by_id("9999", with).await,
            ("miss", _) => self.by_id(&"0".repeat(64), with).await,
            ("mismatch", Form::Persisted) => self.by_id(&id, json!({ "query": "{ __typename }" })).await,
            ("mismatch", _) => {
                self.by_id(&id, json!({ "variables": variables, "operationName": "Another" })).await
            }
            ("wrong version", Form::Persisted) => {
                let version = json!({ "version": 2, "sha256Hash": id });
                let wrong = json!({ "variables": variables, "extensions": { "persistedQuery": version } });
                shop.send(send(shop, Kind::Web, "", &wrong, false)).await
            }
            ("wrong version", Form::Short) => self.by_id(&format!("0{id}"), with).await,
            ("wrong version", _) => self.by_id(&format!("sha512:{id}"), with).await,
            ("id and body", _) => self.by_id(&id, json!({ "query": text, "variables": variables })).await,
            ("mutation by GET", _) => shop.send(form.request(shop, &form.mutation(), &json!({}), true)).await,
            ("registered, then requested", _) => self.registered("query New { a: __typename }").await,
            ("invalid document", _) => self.registered("query Bad { nothingOfThisName }").await,
            ("flood of 100,000", _) => {
                self.flood().await;
                self.hit().await
            }
            ("another client's id", _) => {
                let other = if form.client() == Kind::Mobile { Form::Persisted } else { Form::DocumentId };
                self.by_id(&other.query().0, with).await
            }
            _ => panic!("{case}"),
        }
    }

    /// Runs a registered operation by id, and asserts that its text gives the same answer.
    async fn hit(&self) -> Answer {
        let (id, text, variables) = self.form.query();
        let hit = self.by_id(&id, json!({ "variables": variables })).await;
        let sent = json!({ "query": text, "variables": variables });
        let by_text = self.shop.send(send(self.shop, self.form.client(), "", &sent, false)).await.whole();
        assert_eq!(hit.text, by_text.text, "{:?}", self.form);
        hit
    }

    /// Registers a document in the way of this form, and runs it by its id alone.
    async fn registered(&self, text: &str) -> Answer {
        let text = format!("{text} # {:?}", self.form);
        let id = if self.form == Form::Short { "77".to_owned() } else { document_hash(&text) };
        if self.form == Form::Persisted {
            self.by_id(&id, json!({ "query": text })).await;
            return self.by_id(&id, json!({})).await;
        }
        let folder = self.contracts.join(self.form.client().to_string()).join("manifests");
        let manifest = folder.join("9.0.0.relay.json");
        let metrics = || metrics(self.shop, self.form.client());
        let before = loads(&self.shop.send(metrics()).await);
        fs::write(&manifest, json!({ id.clone(): text }).to_string()).unwrap();
        let after = until(self.shop, metrics, |answer| loads(answer) != before).await;
        let answer = self.by_id(&id, json!({})).await;
        // The manifest is removed again for the next case.
        fs::remove_file(&manifest).unwrap();
        until(self.shop, metrics, |answer| loads(answer) != loads(&after)).await;
        answer
    }

    /// Sends a flood of unknown ids, with their documents where the form keeps those.
    async fn flood(&self) {
        let Self { shop, form, .. } = *self;
        let one = |number: usize| {
            let text = format!("query Flood {{ a{number}: __typename }}");
            match form {
                Form::Persisted => {
                    let hash = json!({ "version": 1, "sha256Hash": document_hash(&text) });
                    json!({ "query": text, "extensions": { "persistedQuery": hash } })
                }
                Form::Short => json!({ "documentId": (1_000 + number).to_string() }),
                Form::DocumentId | Form::Path => json!({ "documentId": document_hash(&text) }),
            }
        };
        let requests: Vec<_> = if form == Form::Path {
            let request = |number| {
                let id = one(number)["documentId"].as_str().unwrap().to_owned();
                form.request(shop, &id, &json!({}), true)
            };
            (0..FLOOD).map(request).collect()
        } else {
            let batch = |from| {
                let batch: Value = (from..from + BATCH).map(one).collect();
                send(shop, form.client(), "", &batch, false)
            };
            (0..FLOOD).step_by(BATCH).map(batch).collect()
        };
        let mut answers = stream::iter(requests).map(|request| shop.send(request)).buffer_unordered(8);
        let mut told = 0;
        while let Some(answer) = answers.next().await {
            told += answer.text.matches("PERSISTED_QUERY_NOT_IN_LIST").count();
            told += answer.text.matches("{\"data\":{\"a").count();
        }
        assert_eq!(told, FLOOD, "{form:?}");
        let metrics = shop.send(metrics(shop, form.client())).await.text;
        let bytes = metrics.lines().find_map(|line| line.strip_prefix("bff_automatic_documents_bytes "));
        let bytes: u64 = bytes.unwrap().parse().unwrap();
        let kept = if form == Form::Persisted { 1..=ROOM } else { 0..=0 };
        assert!(kept.contains(&bytes), "{form:?}: {bytes} bytes");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_ways_to_name_an_operation_in_ten_cases_each() {
    let folder = copied_schema();
    let contracts = folder.path();
    let shop = Shop::per_client(|config, kind| {
        config.operations.folder = Some(contracts.to_owned());
        config.operations.reload_ms = 20;
        config.operations.automatic_bytes = Some(ROOM);
        config.server.max_batch = BATCH;
        config.server.max_body_bytes = Some(1_000_000);
        own_policies(config, kind);
    })
    .await;
    let mut told = String::new();
    let mut count = 0;
    for case in CASES {
        writeln!(told, "{case}").unwrap();
        for form in FORMS {
            let answer = Forty { shop: &shop, contracts, form }.outcome(case).await;
            let body = if answer.body.get("errors").is_none() && answer.text.len() > 100 {
                "the whole answer".to_owned()
            } else {
                answer.text.clone()
            };
            writeln!(told, "  {:<10} {} {body}", format!("{form:?}"), answer.status.as_u16()).unwrap();
            count += 1;
        }
    }
    assert_eq!(count, 40);
    assert_snapshot("documents/forty.txt", &told);
}
