//! The three clients, for tests that hold for each.

use std::fmt;

use bff_kit::AnyClient;
use bff_test::Bff;
use operation::schema::SchemaIndex;

use super::schema_folder;

/// One of the three clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Mobile,
    Web,
    Iot,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Mobile, Self::Web, Self::Iot];

    pub(crate) fn client(self) -> AnyClient {
        match self {
            Self::Mobile => bff_mobile::client(),
            Self::Web => bff_web::client(),
            Self::Iot => bff_iot::client(),
        }
    }

    pub(crate) fn schema_index(self) -> SchemaIndex {
        SchemaIndex::of(&self.client().internal_sdl())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Mobile => "mobile",
            Self::Web => "web",
            Self::Iot => "iot",
        })
    }
}

/// The BFF of a client over services that the contracts make up.
pub(crate) fn made_up(kind: Kind) -> Bff {
    let bff = Bff::new(kind.client()).with_contracts(schema_folder().join(kind.to_string()));
    if kind == Kind::Iot { bff.of_devices() } else { bff }
}
