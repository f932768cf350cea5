//! Authentication by an unverified header, for development alone.

use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use operation::Code;

use super::{Authenticator, Principal};
use crate::config::Mode;
use resolver::Error;

/// Trusts a header. Outside development, fails for every request that carries the header.
#[derive(Clone, Copy, Debug)]
pub struct Development {
    header: &'static str,
    principal: fn(Arc<str>) -> Principal,
    mode: Mode,
}

impl Development {
    /// Trusts `x-user-id` to name the acting user.
    #[must_use]
    pub fn user(mode: Mode) -> Self {
        Self { header: "x-user-id", principal: Principal::User, mode }
    }

    /// Trusts `x-device-id` to name the acting device.
    #[must_use]
    pub fn device(mode: Mode) -> Self {
        Self { header: "x-device-id", principal: Principal::Device, mode }
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
        Ok((self.principal)(name.into()))
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![HeaderName::from_static(self.header)]
    }
}
