//! Read masks.

use prost_types::FieldMask;
use tonic::Status;

/// The fields of a message that a call wants; all of them without a mask.
pub struct Mask<'a>(Option<&'a [String]>);

impl<'a> Mask<'a> {
    /// Reads the mask of a request. `INVALID_ARGUMENT` if it has a path that is none of these fields: paths into a field
    /// are not served here.
    pub fn new(mask: Option<&'a FieldMask>, fields: &[&str]) -> Result<Self, Status> {
        let Some(mask) = mask.filter(|mask| !mask.paths.is_empty()) else { return Ok(Self(None)) };
        match mask.paths.iter().find(|path| !fields.contains(&path.as_str())) {
            Some(path) => {
                Err(Status::invalid_argument(format!("the read mask has an unknown path {path:?}")))
            }
            None => Ok(Self(Some(&mask.paths))),
        }
    }

    /// Returns true if a field is wanted.
    pub fn wants(&self, field: &str) -> bool {
        self.0.is_none_or(|paths| paths.iter().any(|path| path == field))
    }
}

/// Copies the wanted fields of a message, and its key whether or not it is wanted.
macro_rules! masked {
    ($from:expr, $mask:expr, $message:ident { $key:ident; $($field:ident),* $(,)? }) => {
        $message {
            $key: $from.$key.clone(),
            $($field: if $mask.wants(stringify!($field)) { $from.$field.clone() } else { Default::default() },)*
        }
    };
}

/// Reads the mask of a request for a message with these fields.
macro_rules! mask_of {
    ($request:expr, $($field:ident),* $(,)?) => {
        Mask::new($request.read_mask.as_ref(), &[$(stringify!($field)),*])
    };
}

pub(crate) use {mask_of, masked};
