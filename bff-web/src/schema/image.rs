//! A picture of a product.

use bff_kit::object;
use bff_kit::value::Url;
use proto::catalog;

/// A picture of a product.
#[object(catalog::Image, part)]
pub(crate) struct Image {
    /// URL of the picture.
    #[read(url)]
    url: Url,
    /// Alternative text of the picture.
    #[read(alt_text)]
    alt: String,
    /// Width in pixels.
    #[read(width)]
    width: i32,
    /// Height in pixels.
    #[read(height)]
    height: i32,
}
