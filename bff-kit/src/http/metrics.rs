//! What a server counts, as Prometheus reads it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;

use super::Edge;
use crate::client::Client;

/// `/metrics`
pub(super) async fn tell<C: Client>(State(edge): State<Arc<Edge<C>>>) -> String {
    let gateway = &edge.gateway;
    let (taken, refused) = gateway.documents().loads();
    let mut text = String::new();
    counter(
        &mut text,
        "bff_plan_violations_total",
        "Calls that were not in the plan of their operation.",
        [(None, gateway.violations())],
    );
    counter(
        &mut text,
        "bff_unregistered_operations_total",
        "Operations that ran without being registered, where that is logged.",
        [(None, gateway.documents().unregistered())],
    );
    counter(
        &mut text,
        "bff_manifest_loads_total",
        "Times the manifests changed: taken, or refused because one of them is wrong.",
        [(Some(("result", "taken")), taken), (Some(("result", "refused")), refused)],
    );
    let exceeded = gateway.planner().guard().exceeded();
    counter(
        &mut text,
        "bff_limit_exceeded_total",
        "Operations over a limit, whether refused or reported.",
        exceeded.map(|(limit, count)| (Some(("limit", limit.as_str())), count)),
    );
    gauge(
        &mut text,
        "bff_automatic_documents_bytes",
        "What the documents take that were sent once and are named by their hash since, in bytes.",
        gateway.documents().automatic_bytes(),
    );
    text
}

fn gauge(text: &mut String, name: &str, help: &str, value: u64) {
    let _written = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
}

/// A label and what stands under it.
type Sample<'a> = (Option<(&'a str, &'a str)>, u64);

fn counter<'a>(text: &mut String, name: &str, help: &str, samples: impl IntoIterator<Item = Sample<'a>>) {
    let _written = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
    for (label, count) in samples {
        let label = label.map_or_else(String::new, |(label, value)| format!("{{{label}=\"{value}\"}}"));
        let _written = writeln!(text, "{name}{label} {count}");
    }
}
