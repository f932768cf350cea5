//! The three clients, for tests that hold for each.

use std::fmt;

use bff_iot::Iot;
use bff_kit::Client;
use bff_kit::host::{internal_sdl, public_sdl};
use bff_mobile::Mobile;
use bff_web::Web;
use operation::schema::SchemaIndex;

/// One of the three clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Mobile,
    Web,
    Iot,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Mobile, Self::Web, Self::Iot];

    pub(crate) fn internal_sdl(self) -> String {
        fn of<C: Client>() -> String {
            internal_sdl(&bff_kit::host::schema::<C>())
        }
        match self {
            Self::Mobile => of::<Mobile>(),
            Self::Web => of::<Web>(),
            Self::Iot => of::<Iot>(),
        }
    }

    pub(crate) fn public_sdl(self) -> String {
        fn of<C: Client>() -> String {
            public_sdl(&bff_kit::host::schema::<C>())
        }
        match self {
            Self::Mobile => of::<Mobile>(),
            Self::Web => of::<Web>(),
            Self::Iot => of::<Iot>(),
        }
    }

    pub(crate) fn schema_index(self) -> SchemaIndex {
        SchemaIndex::of(&self.internal_sdl())
    }

    pub(crate) fn policies(self) -> fetch::Policies {
        match self {
            Self::Mobile => Mobile::policies(),
            Self::Web => Web::policies(),
            Self::Iot => Iot::policies(),
        }
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
