//! Descriptors of the contracts: their messages and RPCs.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor, MethodDescriptor};

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(proto::DESCRIPTORS)
        .expect("the crate `proto` embeds descriptors its build checked")
});

/// The descriptor of a message, such as `shop.catalog.v1.Product`.
pub(crate) fn message(name: &str) -> Option<MessageDescriptor> {
    POOL.get_message_by_name(name)
}

/// The descriptor of an RPC, such as `shop.catalog.v1.CatalogService/ListProducts`.
pub(crate) fn rpc(name: &str) -> Option<MethodDescriptor> {
    let (service, method) = name.split_once('/')?;
    POOL.get_service_by_name(service)?.methods().find(|candidate| candidate.name() == method)
}

/// True for an RPC of the shop's own services; false for those of the admin, health and reflection services.
pub(crate) fn is_of_the_shop(rpc: &MethodDescriptor) -> bool {
    let service = rpc.parent_service();
    service.full_name().starts_with("shop.") && !service.full_name().starts_with("shop.admin.")
}

/// True for a batch read, which has a result for each key.
pub(crate) fn is_batch(rpc: &MethodDescriptor) -> bool {
    rpc.name().starts_with("Batch")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rpcs_are_found_by_the_name_they_have_on_the_wire() {
        assert!(rpc("shop.catalog.v1.CatalogService/ListProducts").is_some());
        assert!(rpc("shop.catalog.v1.CatalogService/Nope").is_none());
        assert!(rpc("ListProducts").is_none());
    }

    #[test]
    fn the_admin_service_is_not_of_the_shop() {
        let admin = rpc("shop.admin.v1.AdminService/ListCalls").unwrap();
        assert!(!is_of_the_shop(&admin));
        assert!(is_of_the_shop(&rpc("shop.reviews.v1.ReviewService/CreateReview").unwrap()));
    }
}
