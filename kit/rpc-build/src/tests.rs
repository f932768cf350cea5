//! Contracts as they are in the world, and the code that is made of them.

use prost_build::{Service, ServiceGenerator as _};
use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use crate::Options;
use crate::contracts::Contracts;

struct Source(&'static str);

impl FileResolver for Source {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == "test.proto" {
            File::from_source(name, self.0)
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}

fn pool(source: &'static str) -> DescriptorPool {
    let mut resolver = ChainFileResolver::new();
    resolver.add(Source(source));
    resolver.add(Options);
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).open_file("test.proto").unwrap();
    compiler.descriptor_pool()
}

/// Returns the code for all services of a contract and its package, as one file that parses.
fn code(source: &'static str) -> String {
    without_side_effects(source, &[])
}

/// Returns the code of a contract some of whose RPCs have no side effects, though it does not say so.
fn without_side_effects(source: &'static str, patterns: &[&str]) -> String {
    let pool = pool(source);
    let (package, names): (String, Vec<String>) = {
        let service = pool.services().next().unwrap();
        (service.package_name().to_owned(), pool.services().map(|it| it.name().to_owned()).collect())
    };
    let patterns: Vec<_> = patterns.iter().map(|it| (*it).to_owned()).collect();
    let mut contracts = Contracts::new(pool, &patterns).unwrap();
    let mut code = String::new();
    for name in names {
        let service = Service {
            name: name.clone(),
            proto_name: name,
            package: package.clone(),
            comments: prost_build::Comments::default(),
            methods: Vec::new(),
            options: prost_types::ServiceOptions::default(),
        };
        contracts.generate(service, &mut code);
    }
    contracts.finalize_package(&package, &mut code);
    let file = syn::parse_file(&code).unwrap_or_else(|error| panic!("{error}: {code}"));
    // As text without line breaks, so that the assertions below are about words.
    quote::quote!(#file).to_string()
}

/// Asserts that the code holds each of these texts, whatever the spaces.
#[track_caller]
fn assert_holds(code: &str, texts: &[&str]) {
    let without = |text: &str| text.split_whitespace().collect::<String>();
    let code_without = without(code);
    for text in texts {
        assert!(code_without.contains(&without(text)), "{text} is not in {code}");
    }
}

#[test]
fn a_plain_method_answers_with_its_message_or_its_only_field() {
    let code = code(
        r#"
        syntax = "proto3";
        package demo;
        message Product { string id = 1; string type = 2; }
        message GetProductRequest { string id = 1; }
        message Wrapped { Product product = 1; }
        message Listed { repeated Product products = 1; int32 more = 2; }
        message Empty {}
        service ProductCatalogService {
          rpc GetProduct(GetProductRequest) returns (Product);
          rpc GetWrapped(GetProductRequest) returns (Wrapped);
          rpc ListProducts(Empty) returns (Listed);
        }
        "#,
    );
    assert_holds(
        &code,
        &[
            "pub mod product_catalog_service {",
            r#"const PATH: &'static str = "demo.ProductCatalogService/GetProduct";"#,
            // Nothing is said about repetition.
            "const IDEMPOTENCY: ::core::option::Option<::rpc::Idempotency> = ::core::option::Option::None;",
            "const MAX_KEYS: ::core::option::Option<usize> = ::core::option::Option::None;",
            "impl ::rpc::Single for GetProduct { type Value = super::super::demo::Product;",
            "impl ::rpc::Single for GetWrapped { type Value = super::super::demo::Product;",
            "{ response.product }",
            "impl ::rpc::Single for ListProducts { type Value = super::super::demo::Listed;",
        ],
    );
    assert!(!code.contains("set_mask"), "no request has a mask");
}

#[test]
fn a_batch_with_errors_of_its_keys_is_told_from_one_without() {
    let code = code(
        r#"
        syntax = "proto3";
        package demo.books.v1;
        import "google/protobuf/any.proto";
        import "google/protobuf/field_mask.proto";
        message Book { string name = 1; int32 pages = 2; }
        message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
        message BookKey { string shelf = 1; int64 number = 2; }
        message BookResult {
          BookKey key = 1;
          oneof result { Status status = 2; Book book = 3; }
        }
        message LoadRequest { repeated BookKey keys = 1; google.protobuf.FieldMask read_mask = 2; }
        message LoadResponse { repeated BookResult results = 1; }
        message BatchGetRequest { repeated string names = 1; }
        message BatchGetResponse { repeated Book books = 1; }
        service BookService {
          rpc Load(LoadRequest) returns (LoadResponse) { option idempotency_level = NO_SIDE_EFFECTS; }
          rpc BatchGet(BatchGetRequest) returns (BatchGetResponse);
        }
        "#,
    );
    assert_holds(
        &code,
        &[
            "impl ::rpc::Batch for Load { type Key = super::super::super::super::demo::books::v1::BookKey;",
            "match result.result {",
            "::core::option::Option::Some(super::super::super::super::demo::books::v1::book_result::Result::Book(value)) => ::core::result::Result::Ok(value)",
            "book_result::Result::Status(error)) => ::core::result::Result::Err(::rpc::KeyError {",
            "reason: ::core::default::Default::default(), details: error.details,",
            "(result.key.unwrap_or_default(), outcome)",
            "request.read_mask = mask;",
            r#"const FIRST: &'static str = "name";"#,
            "Some(::rpc::Idempotency::NoSideEffects)",
            "impl ::rpc::Single for BatchGet {",
        ],
    );
}

#[test]
fn options_say_how_many_keys_and_which_entities() {
    let code = code(
        r#"
        syntax = "proto3";
        package demo;
        import "bff/rpc/v1/options.proto";
        message Item { string id = 1 [(bff.rpc.v1.entity) = "item"]; repeated Item parts = 2; }
        message ListRequest { string group = 1 [(bff.rpc.v1.entity) = "group"]; int32 page_size = 2; }
        message ListResponse {
          repeated Item items = 1;
          string next_page_token = 2;
          repeated string related = 3 [(bff.rpc.v1.entity) = "item"];
        }
        service ItemService {
          rpc List(ListRequest) returns (ListResponse) {
            option (bff.rpc.v1.method).max_keys = 40;
            option (bff.rpc.v1.method).public = true;
          }
        }
        "#,
    );
    assert_holds(
        &code,
        &[
            "const PUBLIC: bool = true;",
            "const STREAMS: bool = false;",
            "const MAX_KEYS: ::core::option::Option<usize> = ::core::option::Option::Some(40);",
            r#"const LIST: &'static str = "items";"#,
            r#""group" => ::core::option::Option::Some("group"),"#,
            r#"for it1 in &value.items { visit("item", &it1.id); }"#,
            r#"for it1 in &value.related { visit("item", it1); }"#,
            "impl ::rpc::PageMessage for super::super::demo::ListResponse {",
            "items: &[]",
        ],
    );
}

#[test]
fn streams_and_nested_messages_are_known() {
    let code = code(
        r#"
        syntax = "proto3";
        message Outer { message Inner { string id = 1; } Inner inner = 1; }
        message Request {}
        service Watcher {
          rpc Watch(Request) returns (stream Outer) { option idempotency_level = IDEMPOTENCY_UNKNOWN; }
          rpc Send(stream Outer) returns (Outer.Inner) { option idempotency_level = IDEMPOTENT; }
        }
        "#,
    );
    assert_holds(
        &code,
        &[
            r#"const PATH: &'static str = "Watcher/Watch";"#,
            "impl ::rpc::Single for Watch { type Value = super::outer::Inner;",
            "Some(::rpc::Idempotency::NonIdempotent)",
            "type Response = super::outer::Inner;",
            "const STREAMS: bool = true;",
        ],
    );
}

#[test]
fn well_known_types_choices_and_odd_fields_are_what_prost_makes_of_them() {
    let code = code(
        r#"
        syntax = "proto3";
        package odd;
        import "bff/rpc/v1/options.proto";
        import "google/protobuf/empty.proto";
        import "google/protobuf/wrappers.proto";
        message Cart { optional string id = 1 [(bff.rpc.v1.entity) = "cart"]; }
        message Chosen { oneof result { Cart cart = 1; Cart other = 2; } }
        message Alone { oneof result { Cart cart = 1; } }
        message Node { Node child = 1; }
        message Named { google.protobuf.StringValue name = 1; }
        message Page { repeated Cart carts = 1; string next_page_token = 2; int64 total_size = 3; }
        message Problem { int32 code = 1; string message = 2; int32 reason = 3; repeated string details = 4; }
        message Kept { optional int32 number = 1; oneof outcome { Cart cart = 2; Problem problem = 3; } }
        message Ids { repeated int32 numbers = 1; }
        message Results { repeated Kept results = 1; }
        service Odd {
          rpc Send(google.protobuf.Empty) returns (google.protobuf.Empty);
          rpc Choose(google.protobuf.Empty) returns (Chosen);
          rpc Only(google.protobuf.Empty) returns (Alone);
          rpc Walk(google.protobuf.Empty) returns (Node);
          rpc Name(google.protobuf.Empty) returns (Named);
          rpc Load(Ids) returns (Results);
        }
        "#,
    );
    assert_holds(
        &code,
        &[
            "type Request = ();",
            "impl ::rpc::Single for Send { type Value = ();",
            "impl ::rpc::Single for Choose { type Value = super::super::odd::Chosen;",
            "impl ::rpc::Single for Only { type Value = super::super::odd::Alone;",
            "impl ::rpc::Single for Walk { type Value = super::super::odd::Node;",
            "impl ::rpc::Single for Name { type Value = ::prost::alloc::string::String;",
            "impl ::rpc::PageMessage for super::super::odd::Page {",
            "fn total_size(&self) -> i32 { 0 }",
            "impl ::rpc::Batch for Load { type Key = i32;",
            r#"for it1 in &value.id { visit("cart", it1); }"#,
            "(result.number.unwrap_or_default(), outcome)",
            "reason: ::core::default::Default::default(), details: ::core::default::Default::default(),",
        ],
    );
}

/// A contract that states nothing but what messages hold.
const FOREIGN: &str = r#"
    syntax = "proto3";
    package demo;
    message Item { string id = 1; }
    message Key { string id = 1; }
    service ItemService {
      rpc GetItem(Key) returns (Item);
      rpc ListItem(Key) returns (Item) { option idempotency_level = IDEMPOTENT; }
      rpc PutItem(Key) returns (Item);
    }
"#;

#[test]
fn a_build_says_what_contracts_do_not() {
    let code = without_side_effects(FOREIGN, &["demo.*/Get*"]);
    let method = |name: &str| code.split(&format!("pub struct {name} ;")).nth(1).unwrap().to_owned();
    let level = "const IDEMPOTENCY : :: core :: option :: Option < :: rpc :: Idempotency > = :: core :: option :: Option :: ";
    for (name, idempotency) in
        [("GetItem", "Some (:: rpc :: Idempotency :: NoSideEffects)"), ("PutItem", "None")]
    {
        assert!(
            method(name).split("pub struct").next().unwrap().contains(&format!("{level}{idempotency}")),
            "{name}: {code}"
        );
    }
    assert_holds(&code, &["const MASKED: bool = false;"]);
    for pattern in ["demo.ItemService/Find*", "demo.ItemService/ListItem", "*/get*"] {
        let error = Contracts::new(pool(FOREIGN), &[pattern.to_owned()]).err().unwrap();
        assert!(error.to_string().contains(pattern), "{error}");
    }
}

#[test]
fn a_contract_that_is_no_contract_is_reported_with_its_place() {
    let mut resolver = ChainFileResolver::new();
    resolver.add(Source("syntax = \"proto3\"; message A { strin id = 1; }"));
    let mut compiler = Compiler::with_file_resolver(resolver);
    let error = compiler.open_file("test.proto").map(|_| ()).map_err(crate::Error::from).unwrap_err();
    assert!(error.to_string().contains("strin"), "{error}");
}
