//! Which media type an answer is written in.

use axum::http::{HeaderMap, header};

/// The media types of GraphQL over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the request itself was good.
    GraphqlResponse,
    /// `application/json`: 200 for whatever is a GraphQL answer, as older clients expect.
    Json,
}

impl MediaType {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The media type the client likes best; none when it takes neither. Without a word of it, JSON.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let mut best: Option<(f32, MediaType)> = None;
    let mut said = false;
    for value in headers.get_all(header::ACCEPT) {
        said = true;
        for range in value.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media_type = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "application/graphql-response+json" => MediaType::GraphqlResponse,
                "application/json" | "application/*" | "*/*" => MediaType::Json,
                _ => continue,
            };
            let quality =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
            let Some(quality) = quality.filter(|quality: &f32| *quality > 0.0) else { continue };
            if best.is_none_or(|(before, _)| quality > before) {
                best = Some((quality, media_type));
            }
        }
    }
    if said { best.map(|(_, media_type)| media_type) } else { Some(MediaType::Json) }
}
