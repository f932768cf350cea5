//! What changed in the plans of all clients.

use std::path::Path;

use bff_kit::contracts::{Contracts, Revision};

/// The clients, by the names of their folders.
const CLIENTS: [&str; 3] = ["mobile", "web", "iot"];

/// The changes from an old revision to the contracts as they lie in `schema/`. The old one is a revision git knows,
/// such as `main`, or a folder that holds one for each client.
pub fn changes(old: &str, markdown: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    for client in CLIENTS {
        let folder = Path::new("schema").join(client);
        let was = if Path::new(old).is_dir() {
            Revision::of(&Contracts::new(Path::new(old).join(client)))?
        } else {
            Revision::git(old, &folder)?
        };
        let changes = was.changes(client, &Revision::of(&Contracts::new(folder))?);
        text.push_str(&if markdown { changes.to_markdown() + "\n" } else { changes.to_text() });
    }
    Ok(text)
}
