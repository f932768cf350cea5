//! The measured operations, and their requests to each kind of server.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{USERS, format, product_id};

/// An operation of the phone app.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name, such as `Products`.
    pub name: String,
    /// Text, as it is registered.
    pub document: String,
    /// Id under which it is registered.
    pub id: String,
}

/// Names of the operations of the app that are measured.
const OF_THE_APP: [&str; 3] = ["Products", "Product", "Home"];

/// The smallest operation, which no release of the app has: one field of one product, in one call.
const SMALLEST: (&str, &str) =
    ("ProductName", "query ProductName($id: ID!) {\n  product(id: $id) {\n    name\n  }\n}");

#[derive(Deserialize)]
struct Manifest {
    operations: Vec<Registered>,
}

#[derive(Deserialize)]
struct Registered {
    id: String,
    name: String,
    body: String,
}

impl Operation {
    /// Loads the operations: those of the app's newest release, and the smallest.
    pub fn load(manifests: &Path) -> anyhow::Result<Vec<Self>> {
        let mut files = std::fs::read_dir(manifests)
            .with_context(|| format!("no manifests in {}", manifests.display()))?
            .map(|file| Ok(file?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        files.sort_by_key(|path| release(path));
        let newest = files.last().context("the app has no release")?;
        let manifest: Manifest = serde_json::from_slice(&std::fs::read(newest)?)?;
        let of_the_app = OF_THE_APP.map(|name| {
            let found = manifest.operations.iter().find(|it| it.name == name);
            let found = found.with_context(|| format!("{} has no operation {name}", newest.display()))?;
            Ok(Self { name: name.to_owned(), document: found.body.clone(), id: found.id.clone() })
        });
        let (name, document) = SMALLEST;
        let id = Sha256::digest(document).iter().fold(String::new(), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        });
        let smallest = Self { name: name.to_owned(), document: document.to_owned(), id };
        of_the_app.into_iter().chain([Ok(smallest)]).collect()
    }

    /// Registers the operations, by a manifest in the folder of a client's contracts.
    pub fn register(operations: &[Self], folder: &Path) -> anyhow::Result<()> {
        let entry = |it: &Self| json!({ "id": it.id, "name": it.name, "type": "query", "body": it.document });
        let manifest = json!({
            "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": operations.iter().map(entry).collect::<Vec<_>>(),
        });
        std::fs::create_dir_all(folder.join("manifests"))?;
        std::fs::write(folder.join("manifests/1.0.0.json"), serde_json::to_vec_pretty(&manifest)?)?;
        Ok(())
    }

    /// Returns the variables of the request of this number. Requests of one number are equal. If sizes vary, so do the
    /// lengths of lists. No default is left to the server: async-graphql 7.2 takes no notice of that of a variable in
    /// `@include`, and mercurius with its JIT rejects `Int! = 3` without a value.
    #[must_use]
    pub fn variables(&self, number: usize, sizes_vary: bool) -> Value {
        let product = || format::id("Product", &product_id((number * 7_919 + 1) % 1_000));
        match self.name.as_str() {
            "Products" => {
                let first = if sizes_vary { 5 + number % 11 } else { 10 };
                json!({ "first": first, "after": format::cursor(&product_id(number * 13 % 980)) })
            }
            "Home" => json!({ "recommended": if sizes_vary { 1 + number % 5 } else { 5 } }),
            "Product" => json!({ "id": product(), "withReviews": true, "reviews": 3 }),
            _ => json!({ "id": product() }),
        }
    }
}

/// Returns the numbers of a release, to sort its file by.
fn release(path: &Path) -> Vec<u32> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// The form in which a server takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An endpoint for each operation, which takes its variables.
    Endpoint,
    /// GraphQL, by the id of the operation.
    Id,
    /// GraphQL, by a text that is always the same, and not registered: the name of the operation is another.
    Text,
    /// GraphQL, by a text that no request had before.
    NewText,
    /// GraphQL by GET, with the id of the operation in the path.
    Path,
}

/// The requests of one operation in one form.
#[derive(Clone, Debug)]
pub struct Requests {
    operation: Operation,
    form: Form,
    sizes_vary: bool,
    /// The text as JSON, before and behind the end of the operation's name.
    text: (String, String),
}

impl Requests {
    /// Creates them.
    #[must_use]
    pub fn new(operation: &Operation, form: Form, sizes_vary: bool) -> Self {
        let text = Value::from(operation.document.as_str()).to_string();
        let named = format!("query {}", operation.name);
        let at = text.find(&named).map_or(0, |at| at + named.len());
        let text = (text[..at].to_owned(), text[at..].to_owned());
        Self { operation: operation.clone(), form, sizes_vary, text }
    }

    /// Returns true if requests of one number differ.
    #[must_use]
    pub fn are_new(&self) -> bool {
        self.form == Form::NewText
    }

    /// Writes the request of this number with a user's token, as the `nth` of all that are sent.
    #[must_use]
    pub fn write(&self, number: usize, tokens: &[String], nth: usize) -> Vec<u8> {
        let variables = self.operation.variables(number, self.sizes_vary);
        let token = &tokens[number % USERS];
        let (id, (before, behind)) = (&self.operation.id, &self.text);
        let (path, body) = match self.form {
            Form::Endpoint => (self.operation.name.as_str(), variables.to_string()),
            Form::Id => ("graphql", format!(r#"{{"documentId":"{id}","variables":{variables}}}"#)),
            Form::Text | Form::NewText => {
                let nth = if self.are_new() { nth } else { 0 };
                ("graphql", format!(r#"{{"query":{before}{nth:010}{behind},"variables":{variables}}}"#))
            }
            Form::Path => {
                let variables = percent_encoded(&variables.to_string());
                return format!(
                    "GET /graphql/o/{id}?variables={variables} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n\
                     authorization: Bearer {token}\r\n\r\n"
                )
                .into_bytes();
            }
        };
        format!(
            "POST /{path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// Returns true if an answer has neither errors nor parts that are missing.
#[must_use]
pub fn is_whole(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    !text.contains("\"errors\":") && !text.contains("\"degraded\":")
}
