//! Changes in the plans of all clients.

use std::path::Path;

use anyhow::bail;
use contracts::{Folder, Revision};

/// Returns the changes from the plans of an old revision to the operations as they are now in `schema/`. The old
/// revision is one that git knows, such as `main`, or a folder with a subfolder for each client.
pub fn changes(old: &str, markdown: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    for client in [bff_mobile::client(), bff_web::client(), bff_iot::client()] {
        let preparer = bff_kit::host::preparer(client);
        let client = client.short_name();
        let folder = Path::new("schema").join(client);
        // The revision is one of git's for all clients, or a folder for each.
        let own = Path::new(old).join(client);
        let was = Revision::named(own.to_str().filter(|_| own.is_dir()).unwrap_or(old), &folder)?;
        let is = match Revision::of_operations(&Folder::new(folder), &preparer) {
            Ok(is) => is,
            Err(errors) => bail!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        };
        let changes = was.changes(client, &is);
        text.push_str(&if markdown { changes.to_markdown() + "\n" } else { changes.to_text() });
    }
    Ok(text)
}
