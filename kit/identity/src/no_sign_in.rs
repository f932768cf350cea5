//! The sign-in of a server that has none.

use http::HeaderName;
use http::header::AUTHORIZATION;

use crate::challenge::Challenge;
use crate::principal::Principal;
use crate::sign_in::{RequestHead, SignIn, SigningIn, signed_in};

/// Accepts no credential: everybody is anonymous. A request that presents a credential in one of the headers for it is
/// rejected, so that a server whose sign-in was forgotten does not look like one where nobody has data.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSignIn;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

impl SignIn for NoSignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let presents = self.reads().iter().any(|name| request.headers.contains_key(name));
        let none =
            || Challenge::rejected("None", "no sign-in is set up, and the request presents a credential");
        signed_in(if presents { Err(none()) } else { Ok(Principal::anonymous()) })
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![AUTHORIZATION, API_KEY]
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method, Uri};

    use super::*;

    #[tokio::test]
    async fn nobody_is_signed_in_and_a_credential_is_not_taken_for_none() {
        let (method, uri) = (Method::POST, Uri::from_static("/graphql"));
        let asked = async |name: &'static str| {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static("any"))]);
            NoSignIn.sign_in(RequestHead::new(&method, &uri, &headers)).await
        };
        assert_eq!(asked("accept").await, Ok(Principal::anonymous()));
        for name in ["authorization", "x-api-key"] {
            assert_eq!(asked(name).await.unwrap_err().status(), 401, "{name}");
        }
    }
}
