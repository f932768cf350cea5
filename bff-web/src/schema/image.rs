//! A picture of a product.

use async_graphql::SimpleObject;
use bff_kit::value::Url;
use proto::catalog;

/// A picture of a product.
#[derive(SimpleObject)]
pub(crate) struct Image {
    /// URL of the picture.
    url: Url,
    /// Alternative text of the picture.
    alt: String,
    /// Width in pixels.
    width: i32,
    /// Height in pixels.
    height: i32,
}

impl From<&catalog::Image> for Image {
    fn from(image: &catalog::Image) -> Self {
        let catalog::Image { url, alt_text, width, height } = image.clone();
        Self { url: url.into(), alt: alt_text, width, height }
    }
}
