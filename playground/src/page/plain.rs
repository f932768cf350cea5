//! The plain page, which is part of the binary.

use super::{Stage, ports};
use crate::Addresses;

pub(super) fn render(addresses: Addresses, stage: &Stage) -> String {
    let [mobile, web, iot] = ports(addresses);
    let note = match stage {
        Stage::Plain | Stage::Built(_) => "",
        Stage::Building => "The page with GraphiQL is being built. This one works meanwhile.",
        Stage::Failed => {
            "This is the plain page: the one with GraphiQL could not be built. \
             It needs Node; see the terminal."
        }
    };
    include_str!("../page.html")
        .replace("{{mobile}}", &mobile.to_string())
        .replace("{{web}}", &web.to_string())
        .replace("{{iot}}", &iot.to_string())
        .replace("{{provider}}", &addresses.provider.port().to_string())
        .replace("{{domain}}", &addresses.domain.port().to_string())
        .replace("{{note}}", note)
}
