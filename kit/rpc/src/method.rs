//! Methods of services as types. `rpc-build` writes them from the contracts, one type per RPC.

use prost::Message;
use prost_types::{Any, FieldMask};

use crate::{Idempotency, Mask, Rpc};

/// A method of a service, with everything that its contract says about it.
pub trait Method: 'static {
    /// The request.
    type Request: Message + Default + 'static;

    /// The response; one message of it for a stream.
    type Response: Message + Default + 'static;

    /// Full name, without a leading slash, such as `"shop.reviews.v1.ReviewService/BatchListReviews"`.
    const PATH: &'static str;

    /// Effect of a call; `None` if the contract does not say.
    const IDEMPOTENCY: Option<Idempotency>;

    /// True if the contract says that the response is the same for every principal.
    const PUBLIC: bool;

    /// True if requests or responses are streams.
    const STREAMS: bool;

    /// Maximum number of keys in one call; `None` if the contract does not say.
    const MAX_KEYS: Option<usize>;

    /// List of the value from whose items a read mask selects; empty if it selects from the value itself.
    const LIST: &'static str;

    /// True if requests have a read mask. Responses without one hold all that the service knows.
    const MASKED: bool;

    /// First field of the message that a read mask selects from, which is read whatever else is.
    const FIRST: &'static str;

    /// Writes the read mask into the request. A method without read masks ignores it.
    fn set_mask(_request: &mut Self::Request, _mask: Option<FieldMask>) {}

    /// Returns the kind of entity that a field of the request or of its keys identifies, such as `"product"`.
    #[must_use]
    fn entity(_field: &str) -> Option<&'static str> {
        None
    }
}

/// A method with one response for the whole request, or a stream of them.
pub trait Single: Method {
    /// The value of a response: its only message, or else the response itself.
    type Value: Message + Default + 'static;

    /// Returns the value; `None` if the service left it out.
    fn value(response: Self::Response) -> Option<Self::Value>;

    /// Passes the kind and id of each entity that the value holds.
    fn entities(_value: &Self::Value, _visit: &mut dyn FnMut(&'static str, &str)) {}

    /// Drops what a read mask does not select.
    fn cut(_value: &mut Self::Value, _mask: &Mask) {}

    /// Drops the first items of a value that is a page, where its request could not say that they are skipped. Returns false if
    /// the page ends before they do and the list does not.
    #[must_use]
    fn skip(_value: &mut Self::Value, _items: usize) -> bool {
        true
    }
}

/// A method with a list of keys in its request, and a list of values in its response, without errors by key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no list of values for a list of keys",
    note = "`in_order` and `matched_by` are for requests with one list of plain values and responses with one list of messages; if each result has its key and an error of its own, leave the word out"
)]
pub trait Many: Method {
    /// The value of one key.
    type Value: Message + Default + 'static;

    /// First field of a value, which is read whatever else is.
    const FIRST: &'static str;

    /// Returns the values in the order of the response.
    fn values(response: Self::Response) -> Vec<Self::Value>;

    /// Passes the kind and id of each entity that a value holds.
    fn entities(_value: &Self::Value, _visit: &mut dyn FnMut(&'static str, &str)) {}

    /// Drops what a read mask does not select.
    fn cut(_value: &mut Self::Value, _mask: &Mask) {}
}

/// A method with a list of keys in its request, and a result for each of them in its response.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no result for each key",
    note = "if its response is a list of values in the order of the keys, add `in_order`; if each value holds its key, `matched_by = id`; if it takes one key, write `one = id` in place of `keys`"
)]
pub trait Batch: Method {
    /// A key.
    type Key: Clone + Default + PartialEq;

    /// The value of one key.
    type Value: Message + Default + 'static;

    /// Passes the kind and id of each entity that a value holds.
    fn entities(_value: &Self::Value, _visit: &mut dyn FnMut(&'static str, &str)) {}

    /// Drops what a read mask does not select.
    fn cut(_value: &mut Self::Value, _mask: &Mask) {}

    /// Returns the results by key, in the order of the response.
    fn results(
        response: Self::Response,
    ) -> impl Iterator<Item = (Self::Key, Result<Self::Value, KeyError>)> + Send;
}

/// The error of one key of a batch: the parts of `google.rpc.Status`, and its reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyError {
    /// Status code of gRPC.
    pub code: i32,
    /// Message for developers.
    pub message: String,
    /// Reason, in `UPPER_SNAKE_CASE`; empty if it stands in the details, or if there is none.
    pub reason: String,
    /// Details, as in `google.rpc.Status`.
    pub details: Vec<Any>,
}

impl KeyError {
    /// Creates the error of a result that holds neither a value nor an error.
    #[must_use]
    pub fn no_outcome() -> Self {
        // INTERNAL.
        Self { code: 13, message: "a result holds neither a value nor an error".into(), ..Self::default() }
    }

    /// Creates the error of a key for which no value came.
    #[must_use]
    pub fn not_found() -> Self {
        Self { code: 5, message: "no value came for the key".into(), ..Self::default() }
    }
}

/// A message that is a page of a list, after AIP-158.
pub trait PageMessage {
    /// An item of the list.
    type Item;

    /// Returns the items.
    fn items(&self) -> &[Self::Item];

    /// Returns the tokens to continue the list from.
    fn tokens(&self) -> PageTokens<'_>;

    /// Returns the number of items on all pages together; 0 if the message does not tell.
    fn total_size(&self) -> i32;
}

/// A request for a page of a list, after AIP-158; or a key of a batch of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` asks for no page",
    note = "a request for a page has `int32 page_size` and `string page_token`, and either `int32 skip` or a response that is a page: a list of messages and `string next_page_token`"
)]
pub trait PageRequest {
    /// True if a request can say how many items to skip.
    const SKIPS: bool;

    /// Sets the page: `size` items after the token and `skip` more. A request without `skip` asks for these too, and
    /// [`Single::skip`] drops them.
    fn set_page(&mut self, size: i32, token: &str, skip: i32);

    /// Returns size, token and items to skip.
    fn page(&self) -> (i32, &str, i32);
}

/// Tokens of one page of a list, to continue the list from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageTokens<'a> {
    /// Token of the next page; empty on the last one.
    pub next: &'a str,
    /// Tokens to continue after each item of this page, in the order of the items; empty if the service gives none.
    pub items: &'a [String],
}

impl Rpc {
    /// Returns the RPC of a method that loads something. `declared` is true if its author declares that it has no side
    /// effects, and `public` if they declare that its response is the same for every principal, where the contract says
    /// neither.
    ///
    /// # Panics
    /// The contract says something else, or nothing and the author neither. Constants fail to compile then.
    #[must_use]
    pub const fn of_read<M: Method>(declared: bool, public: bool) -> Self {
        match M::IDEMPOTENCY {
            Some(Idempotency::NoSideEffects) => {}
            None => assert!(
                declared,
                "the contract does not say that this RPC has no side effects: add `option idempotency_level = \
                 NO_SIDE_EFFECTS;` to it, or `no_side_effects` to #[fetch(…)]"
            ),
            Some(_) => panic!("the contract says that this RPC changes something: derive `Command` for it"),
        }
        assert!(
            !M::STREAMS,
            "this RPC is a stream, and a fetch loads one response: name it in `changes = …`"
        );
        let rpc = Self::read(M::PATH);
        if M::PUBLIC || public { rpc.public() } else { rpc }
    }

    /// Returns the RPC of a method by whose stream a service tells of changes.
    ///
    /// # Panics
    /// The method is no stream, or its contract says that it changes something. Constants fail to compile then.
    #[must_use]
    pub const fn of_stream<M: Method>() -> Self {
        assert!(M::STREAMS, "this RPC has one response: a service tells of changes by a stream");
        let is_read = matches!(M::IDEMPOTENCY, None | Some(Idempotency::NoSideEffects));
        assert!(is_read, "the contract says that this RPC changes something");
        Self::read(M::PATH)
    }

    /// Returns the RPC of a method that changes something. `declared` is true if its author declares that repeated
    /// calls have the effect of one, where the contract does not say.
    ///
    /// # Panics
    /// The contract says that the method changes nothing, or that it is not idempotent although the author declares it.
    #[must_use]
    pub const fn of_write<M: Method>(declared: bool) -> Self {
        assert!(!M::STREAMS, "this RPC is a stream, and a command is one call with one response");
        match M::IDEMPOTENCY {
            Some(Idempotency::NoSideEffects) => {
                panic!("the contract says that this RPC has no side effects: derive `Fetch` for it")
            }
            Some(Idempotency::Idempotent) => Self::idempotent_write(M::PATH),
            Some(Idempotency::NonIdempotent) => {
                assert!(!declared, "the contract says that every call of this RPC changes something more");
                Self::write(M::PATH)
            }
            None if declared => Self::idempotent_write(M::PATH),
            None => Self::write(M::PATH),
        }
    }
}

/// Returns the maximum number of keys of one call of a method: what its contract says, or else what the author declares.
///
/// # Panics
/// Neither says it, or they say different numbers. Constants fail to compile then.
#[must_use]
pub const fn max_keys<M: Method>(declared: Option<usize>) -> usize {
    match (M::MAX_KEYS, declared) {
        (Some(contract), Some(declared)) => {
            assert!(contract == declared, "the contract says another maximum of keys: leave `at_most` out");
            contract
        }
        (Some(most), None) | (None, Some(most)) => most,
        (None, None) => panic!(
            "the contract does not say how many keys a call takes: add `at_most = 100` to #[fetch(…)], or the option \
             `(bff.rpc.v1.method).max_keys` to the contract"
        ),
    }
}
