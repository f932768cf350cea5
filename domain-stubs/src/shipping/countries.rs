//! Countries by ISO 3166-1, and the zones goods are sent to.

/// Every country, by its two letters.
const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM \
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR \
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS \
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ \
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Countries goods are sent to, by zone: near, the rest of the Union, its neighbours, overseas.
const ZONES: [&str; 4] =
    ["BE DE FR IT LU NL", "AT BG CY CZ DK EE ES FI GR HR HU IE LT LV MT PL PT RO SE SI SK", "CH GB NO", "US"];

/// True for the two letters of a country.
pub(crate) fn is_country(code: &str) -> bool {
    holds(ALL, code)
}

/// The zone of a country, from 0 for the nearest; `None` when nothing is sent there.
pub(super) fn zone(code: &str) -> Option<i64> {
    (0..).zip(ZONES).find(|(_, countries)| holds(countries, code)).map(|(zone, _)| zone)
}

fn holds(countries: &str, code: &str) -> bool {
    countries.split_ascii_whitespace().any(|country| country == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_249_countries_and_goods_go_to_31_of_them() {
        assert_eq!(ALL.split_ascii_whitespace().count(), 249);
        let sent_to: Vec<_> = ALL.split_ascii_whitespace().filter(|code| zone(code).is_some()).collect();
        assert_eq!(sent_to.len(), 31);
        assert!(["", "fr", "FRA", "XX", " "].into_iter().all(|code| !is_country(code)));
    }
}
