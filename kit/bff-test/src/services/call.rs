//! A call that a service got.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bff_kit::identity::Credential;
use http::{HeaderMap, HeaderName, header};
use prost_reflect::{DynamicMessage, FieldDescriptor, MethodDescriptor, Value};

/// A call that a service got.
#[derive(Clone, Debug)]
pub struct Call {
    /// The RPC, such as `"shop.carts.v1.CartService/GetCart"`.
    pub rpc: String,
    /// Number of its keys; 1 for an RPC that takes none.
    pub keys: usize,
    /// Paths of its read mask, sorted; `None` if the RPC has no mask or the call sends none.
    pub mask: Option<Vec<String>>,
    /// Metadata of the call.
    pub metadata: HeaderMap,
    /// The request.
    pub request: DynamicMessage,
}

impl Call {
    /// `keys` is the field of the request that holds the keys, if it takes several.
    pub(super) fn new(
        method: &MethodDescriptor,
        keys: Option<&FieldDescriptor>,
        metadata: HeaderMap,
        request: DynamicMessage,
    ) -> Self {
        let rpc = format!("{}/{}", method.parent_service().full_name(), method.name());
        let keys = keys.map_or(1, |field| list(&request, field).len());
        let mask = mask(method, &request);
        Self { rpc, keys, mask, metadata, request }
    }

    /// Returns the principal on whose behalf the call was made, as its metadata name it: by the `sub` of a bearer token, as the
    /// kit's own credentials have it, and by headers of the team's own. Empty for nobody, if the team has none.
    pub(crate) fn identity(&self) -> String {
        let own = |name: &&HeaderName| !Credential::is_reserved(name) && **name != header::AUTHORIZATION;
        let own = self.metadata.keys().filter(own).flat_map(|name| {
            let values = self.metadata.get_all(name).iter();
            values.map(move |value| format!("{name}: {value:?}"))
        });
        self.subject().into_iter().chain(own).collect::<Vec<_>>().join(", ")
    }

    /// Returns the `sub` of the bearer token of the call.
    fn subject(&self) -> Option<String> {
        let token = self.metadata.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
        Some(claims["sub"].as_str()?.to_owned())
    }
}

/// Returns the paths of the read mask of a request, sorted.
fn mask(method: &MethodDescriptor, request: &DynamicMessage) -> Option<Vec<String>> {
    if !rpc_shape::has_mask(&method.input()) {
        return None;
    }
    let mask = request.get_field_by_name("read_mask")?;
    let paths = mask.as_message()?.get_field_by_name("paths")?;
    let paths: BTreeSet<_> = paths.as_list()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    (!paths.is_empty()).then(|| paths.into_iter().collect())
}

/// Returns the field of the request that holds the keys, for an RPC that answers with a result for each.
pub(super) fn key_field(method: &MethodDescriptor) -> Option<FieldDescriptor> {
    let result = rpc_shape::keyed_result(&method.output())?;
    rpc_shape::fields(&method.input()).find(|field| field.is_list() && field.kind() == result.key.kind())
}

/// Returns the items of a list.
pub(super) fn list(message: &DynamicMessage, field: &FieldDescriptor) -> Vec<Value> {
    message.get_field(field).as_list().map(<[_]>::to_vec).unwrap_or_default()
}
