//! Negotiation of the media type of an answer.

use std::cmp::Reverse;

use axum::http::{HeaderMap, header};

/// The media types of GraphQL over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the request itself was valid.
    GraphqlResponse,
    /// `application/json`: 200 for every GraphQL answer, as older clients expect.
    Json,
}

impl MediaType {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// Returns how precisely a range of `Accept` names the media type, 2 being exact; `None` if it does not.
    fn precision(self, range: &str) -> Option<u8> {
        let own = self.content_type().split(';').next().unwrap_or_default();
        match range {
            "*/*" => Some(0),
            _ if range.eq_ignore_ascii_case("application/*") => Some(1),
            _ if range.eq_ignore_ascii_case(own) => Some(2),
            _ => None,
        }
    }
}

/// Returns the media type that the client prefers; `None` if the client accepts neither. Without `Accept`, JSON. Of two
/// with the same quality, the one named more precisely wins, then the one named first; a client that accepts anything
/// gets JSON.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let values: Vec<_> = headers.get_all(header::ACCEPT).iter().collect();
    if values.is_empty() {
        return Some(MediaType::Json);
    }
    let ranges: Vec<(&str, f32)> = values
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .filter_map(range)
        .collect();
    let weighed = [MediaType::GraphqlResponse, MediaType::Json].into_iter().filter_map(|media_type| {
        let matching = ranges.iter().enumerate().filter_map(|(place, (range, quality))| {
            Some((media_type.precision(range)?, Reverse(place), *quality))
        });
        // The most precise range decides, so that `application/json;q=0, */*` accepts no JSON.
        let (precision, place, quality) =
            matching.max_by_key(|(precision, place, _)| (*precision, *place))?;
        (quality > 0.0).then_some((quality, precision, place, media_type))
    });
    weighed
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))))
        .map(|(_, _, _, media_type)| media_type)
}

fn range(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = quality.map_or(Some(1.0), |quality| quality.parse().ok())?;
    (0.0..=1.0).contains(&quality).then_some((range, quality))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{MediaType, negotiate};

    #[test]
    fn the_media_type_is_what_the_client_likes_best() {
        let (json, modern) = (Some(MediaType::Json), Some(MediaType::GraphqlResponse));
        for (accept, expected) in [
            (&[][..], json),
            (&["application/json"], json),
            (&["application/graphql-response+json"], modern),
            (&["Application/GraphQL-Response+JSON; charset=utf-8"], modern),
            (&["*/*"], json),
            (&["application/*;q=0.1"], json),
            (&["application/graphql-response+json, application/json;q=0.9"], modern),
            (&["application/graphql-response+json;q=0.5, application/json"], json),
            (&["application/graphql-response+json, application/json"], modern),
            (&["application/json, application/graphql-response+json"], json),
            (&["*/*, application/graphql-response+json"], modern),
            (&["application/json, text/plain, */*"], json),
            (&["application/json;q=0, */*"], modern),
            (&["application/json;q=0, application/*;q=0"], None),
            (&["application/json;q=0, */*, application/graphql-response+json;q=0.001"], modern),
            (&["text/html", "application/json;q=0.2"], json),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["application/json;q=much"], None),
            (&["application/json;q=NaN"], None),
            (&[""], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT, HeaderValue::from_static(value));
            }
            assert_eq!(negotiate(&headers), expected, "{accept:?}");
        }
    }
}
