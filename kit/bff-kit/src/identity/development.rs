//! Signing in by saying so, for development alone.

use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use operation::Code;

use super::{Authenticator, Principal};
use crate::config::Mode;
use crate::error::Error;

/// Believes a header. Outside development it refuses every request that carries it.
#[derive(Clone, Copy, Debug)]
pub struct Development {
    header: &'static str,
    caller: fn(Arc<str>) -> Principal,
    mode: Mode,
}

impl Development {
    /// The acting user is named by `x-user-id`.
    #[must_use]
    pub fn user(mode: Mode) -> Self {
        Self { header: "x-user-id", caller: Principal::User, mode }
    }

    /// The acting device is named by `x-device-id`.
    #[must_use]
    pub fn device(mode: Mode) -> Self {
        Self { header: "x-device-id", caller: Principal::Device, mode }
    }
}

impl Authenticator for Development {
    fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Error> {
        let Some(value) = headers.get(self.header) else {
            return Ok(Principal::Anonymous);
        };
        if self.mode != Mode::Development {
            let message = format!("{} is accepted in development only.", self.header);
            return Err(Error::client(Code::Unauthenticated, message));
        }
        let named = value.to_str().ok().filter(|name| {
            (1..=128).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let name = named
            .ok_or_else(|| Error::client(Code::Unauthenticated, format!("{} names nobody.", self.header)))?;
        Ok((self.caller)(name.into()))
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![HeaderName::from_static(self.header)]
    }
}
