//! The SDL in `schema/` matches the code, and the protos follow the rules of buf's `STANDARD`.

mod described;

use std::collections::BTreeSet;

use fetch::Idempotency;
use operation::schema::StepInfo;
use prost_reflect::{DescriptorPool, FileDescriptor, MessageDescriptor, MethodDescriptor};

use crate::support::{Kind, assert_same_as_file};

#[test]
fn the_schemas_in_the_repository_are_those_the_code_serves() {
    for kind in Kind::ALL {
        assert_same_as_file(&format!("schema/{kind}/schema.graphql"), &kind.client().public_sdl());
    }
}

#[test]
fn the_public_schema_says_nothing_of_services() {
    for kind in Kind::ALL {
        let sdl = kind.client().public_sdl();
        for word in ["@fetch", "@reads", ".v1", "Service", "_Step", "_KeySource"] {
            assert!(!sdl.contains(word), "the schema of {kind} says {word}");
        }
    }
}

#[test]
fn every_fetch_and_command_has_a_row_in_the_policy_table() {
    for kind in Kind::ALL {
        let policies = kind.client().policies();
        for step in steps(kind) {
            assert!(policies.get(&step.name).is_some(), "{} has no policy for {}", kind, step.name);
        }
    }
}

/// Settings may name the services of the policy table, and no others.
#[test]
fn the_services_of_the_policy_table_are_those_of_the_schema() {
    for kind in Kind::ALL {
        let services =
            steps(kind).into_iter().filter_map(|step| Some(step.rpc.split_once('/')?.0.to_owned()));
        let called: BTreeSet<_> = services.collect();
        let known: BTreeSet<_> = kind.client().policies().services().map(str::to_owned).collect();
        assert_eq!(known, called, "{kind}");
    }
}

#[test]
fn every_declared_rpc_is_in_the_contracts_and_paths_are_of_its_messages() {
    let pool = pool();
    for kind in Kind::ALL {
        for step in steps(kind) {
            let method = method(&pool, &step.rpc);
            for path in &step.reads {
                assert!(answers(&method, path), "{}: `{path}` is not in the response of {}", kind, step.rpc);
            }
        }
    }
}

#[test]
fn the_idempotency_of_every_fetch_and_command_is_that_of_its_contract() {
    let pool = pool();
    let mut compared = BTreeSet::new();
    for step in Kind::ALL.into_iter().flat_map(steps) {
        let level = method(&pool, &step.rpc).method_descriptor_proto().options.clone().unwrap_or_default();
        let expected = match level.idempotency_level() {
            prost_types::method_options::IdempotencyLevel::NoSideEffects => Idempotency::NoSideEffects,
            prost_types::method_options::IdempotencyLevel::Idempotent => Idempotency::Idempotent,
            prost_types::method_options::IdempotencyLevel::IdempotencyUnknown => Idempotency::NonIdempotent,
        };
        assert_eq!(step.idempotency, expected, "{} of {}", step.rpc, step.name);
        compared.insert((step.rpc, expected == Idempotency::NoSideEffects));
    }
    let reads = compared.iter().filter(|(_, reads)| *reads).count();
    assert!(reads > 15 && compared.len() - reads > 8, "{compared:?}");
}

/// The core of buf's `STANDARD`, for machines that have cargo alone.
#[test]
fn the_protos_keep_the_rules() {
    let pool = pool();
    let ours: Vec<_> = pool.files().filter(|file| file.package_name().starts_with("shop.")).collect();
    assert!(ours.len() > 10);
    for file in &ours {
        let folder = file.package_name().replace('.', "/");
        assert!(file.name().starts_with(&format!("{folder}/")), "{} is not in {folder}", file.name());
        assert!(
            file.package_name().rsplit('.').next() == Some("v1"),
            "{} has no version",
            file.package_name()
        );
        assert!(file.file_descriptor_proto().dependency.iter().all(|it| !it.ends_with("empty.proto")));
        uncommented(file);
        for message in file.messages() {
            assert_eq!(message.child_messages().filter(|it| !it.is_map_entry()).count(), 0, "nested types");
            assert!(message.fields().all(|field| is_snake(field.name())), "{}", message.full_name());
            // Clients of a list can continue after each of its items.
            if message.get_field_by_name("next_page_token").is_some() {
                let tokens = message.get_field_by_name("item_tokens");
                assert!(tokens.is_some_and(|it| it.is_list()), "{}", message.full_name());
            }
        }
        for value in file.enums().flat_map(|it| it.values().filter(|it| it.number() == 0).collect::<Vec<_>>())
        {
            assert!(value.name().ends_with("_UNSPECIFIED"), "{}", value.full_name());
        }
    }
    let mut messages = BTreeSet::new();
    for service in pool.services() {
        assert!(service.name().ends_with("Service"), "{}", service.full_name());
        for method in service.methods() {
            let named = |message: MessageDescriptor, suffix: &str| {
                assert_eq!(message.name(), format!("{}{suffix}", method.name()), "{}", method.full_name());
                assert!(
                    messages.insert(message.full_name().to_owned()),
                    "{} serves twice",
                    message.full_name()
                );
            };
            let mut named = named;
            named(method.input(), "Request");
            named(method.output(), "Response");
            let options = method.method_descriptor_proto().options.clone().unwrap_or_default();
            assert!(options.idempotency_level.is_some(), "{} says nothing of repetition", method.full_name());
        }
    }
}

/// Asserts that every element of a file has a comment.
fn uncommented(file: &FileDescriptor) {
    let info = file.file_descriptor_proto().source_code_info.clone().unwrap_or_default();
    let commented: BTreeSet<_> = info
        .location
        .into_iter()
        .filter(|location| location.leading_comments.as_ref().is_some_and(|text| !text.trim().is_empty()))
        .map(|location| location.path)
        .collect();
    let check = |path: &[i32], name: &str| assert!(commented.contains(path), "{name} has no comment");
    for message in file.messages() {
        check(message.path(), message.full_name());
        message.fields().for_each(|field| check(field.path(), field.full_name()));
    }
    for set in file.enums() {
        check(set.path(), set.full_name());
        set.values().for_each(|value| check(value.path(), value.full_name()));
    }
    for service in file.services() {
        check(service.path(), service.full_name());
        service.methods().for_each(|method| check(method.path(), method.full_name()));
    }
}

fn is_snake(name: &str) -> bool {
    name.chars()
        .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
}

fn pool() -> DescriptorPool {
    DescriptorPool::decode(proto::DESCRIPTORS).unwrap()
}

fn steps(kind: Kind) -> Vec<StepInfo> {
    let schema_index = kind.schema_index();
    schema_index
        .types()
        .into_values()
        .flat_map(|fields| fields.values())
        .flat_map(|it| it.steps.clone())
        .collect()
}

#[track_caller]
fn method(pool: &DescriptorPool, rpc: &str) -> MethodDescriptor {
    let (service, name) = rpc.split_once('/').unwrap();
    let service = pool.get_service_by_name(service).unwrap_or_else(|| panic!("no service {service}"));
    let found = service.methods().find(|method| method.name() == name);
    found.unwrap_or_else(|| panic!("no RPC {rpc}"))
}

/// Returns true if the RPC's response has a message with this path, at any depth.
fn answers(method: &MethodDescriptor, path: &str) -> bool {
    fn within(message: &MessageDescriptor, path: &str, depth: usize) -> bool {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let here = message.get_field_by_name(name).is_some_and(|field| match field.kind().as_message() {
            Some(child) if !rest.is_empty() => within(child, rest, 0),
            _ => rest.is_empty(),
        });
        here || (depth > 0
            && message
                .fields()
                .filter_map(|field| field.kind().as_message().cloned())
                .any(|child| within(&child, path, depth - 1)))
    }
    within(&method.output(), path, 3)
}
