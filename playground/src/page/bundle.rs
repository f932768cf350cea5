//! A built page, held in memory: files that were not built are not served.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use bytes::Bytes;

/// The files of a built page, by path from its root.
#[derive(Debug)]
pub(super) struct Bundle(BTreeMap<String, File>);

/// A file, as it is served.
#[derive(Debug)]
pub(super) struct File {
    pub(super) content_type: &'static str,
    pub(super) bytes: Bytes,
}

impl Bundle {
    /// Reads a folder and its subfolder of assets.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        files.insert("index.html".to_owned(), File::read(&folder.join("index.html"))?);
        for entry in std::fs::read_dir(folder.join("assets"))? {
            let path = entry?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                files.insert(format!("assets/{name}"), File::read(&path)?);
            }
        }
        Ok(Self(files))
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }
}

impl File {
    fn read(path: &Path) -> io::Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let content_type = match extension.unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "ttf" => "font/ttf",
            "woff" => "font/woff",
            "woff2" => "font/woff2",
            "json" | "map" => "application/json",
            _ => "application/octet-stream",
        };
        Ok(Self { content_type, bytes: std::fs::read(path)?.into() })
    }
}
