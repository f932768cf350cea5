//! The stage that decides which fields of an operation its principal may use, before any of it runs.

use identity::{Actor, Principal};
use operation::schema::Requirement;
use operation::{Failing, FailingCause, Prepared};

/// Returns the fields that fail because the principal does not bring what they require. The others run.
pub(crate) fn authorise(operation: &Prepared, principal: &Principal) -> Vec<Failing> {
    let required = operation.call_graph.requirements().iter();
    required.filter_map(|it| Some(it.failing(lacks(&it.requirement, principal)?))).collect()
}

/// Returns the reason why a principal does not meet a requirement; `None` if it does.
fn lacks(requirement: &Requirement, principal: &Principal) -> Option<FailingCause> {
    let is_of_kind = match principal.actor() {
        Actor::Anonymous | Actor::Visitor(_) => return Some(FailingCause::Unauthenticated),
        Actor::User(_) => true,
        Actor::Device(_) => !requirement.user,
    };
    let scopes = principal.scopes();
    let meets = is_of_kind && requirement.scopes.iter().all(|scope| scopes.has(scope));
    (!meets).then_some(FailingCause::Forbidden)
}

#[cfg(test)]
mod tests {
    use identity::Scopes;

    use super::*;

    #[test]
    fn a_principal_meets_a_requirement_with_its_kind_and_all_scopes() {
        let requirement = |user, scopes: &[&str]| Requirement {
            user,
            scopes: scopes.iter().map(|&it| it.to_owned()).collect(),
        };
        let with =
            |principal: Principal, scopes| principal.with_scopes(Scopes::parse(scopes).unwrap_or_default());
        let (nobody, ada) = (Principal::anonymous(), Principal::of_user("ada"));
        let (reader, both) =
            (with(ada.clone(), "orders.read"), with(ada.clone(), "orders.write orders.read"));
        let shelf = with(Principal::of_device("shelf-1"), "orders.read");
        let (missing, forbidden) = (Some(FailingCause::Unauthenticated), Some(FailingCause::Forbidden));
        let a_user = requirement(true, &[]);
        let visitor = Principal::of_visitor("ada");
        for (principal, expected) in [
            (&nobody, missing.clone()),
            (&visitor, missing.clone()),
            (&ada, None),
            (&both, None),
            (&shelf, forbidden.clone()),
        ] {
            assert_eq!(lacks(&a_user, principal), expected, "{principal:?}");
        }
        let reads = requirement(false, &["orders.read"]);
        for (principal, expected) in
            [(&nobody, missing), (&ada, forbidden.clone()), (&reader, None), (&shelf, None)]
        {
            assert_eq!(lacks(&reads, principal), expected, "{principal:?}");
        }
        let writes = requirement(true, &["orders.read", "orders.write"]);
        assert_eq!(
            [&reader, &both, &shelf].map(|it| lacks(&writes, it)),
            [forbidden.clone(), None, forbidden]
        );
    }
}
