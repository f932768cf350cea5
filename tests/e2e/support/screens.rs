//! The screens of the three clients, with the queries they send.

use super::{Kind, device_id, id_of, order_id, product_id};

/// An order of Ada's, with several products.
const ORDER: &str = "order-000160";

/// The query of one screen of a client.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) query: String,
}

/// Every screen. Each root field of each client is on one of them.
pub(crate) fn screens() -> Vec<Screen> {
    let ids = [
        ("KETTLE", product_id("kettle-gooseneck-09")),
        ("DEVICE", device_id("shelf-0001")),
        ("ORDER", order_id(ORDER)),
        ("USER", id_of("User", "user-zoe-marchetti")),
    ];
    let mobile = [
        (
            "home",
            "{ home { name avatar cartCount unreadCount recommended(first: 5) {
            id name thumbnail price { text was } } } }",
        ),
        (
            "product",
            "{ product(id: \"KETTLE\") { id name price { text amount currency was } thumbnail inStock rating
            reviews(first: 3) { author rating text when } } }",
        ),
        (
            "products",
            "{ products(first: 5) { total items { id name price { text was } inStock rating } endCursor } }",
        ),
        ("categories", "{ categories { id name } }"),
        (
            "search",
            "{ search(query: \"kettle\", first: 3) { total items { name price { text } inStock } endCursor } }",
        ),
        (
            "cart",
            "{ cart { count total paymentMethods { id label } shippingOptions(country: \"FR\") { option name price days }
            lines { quantity price product { id name thumbnail price { text } inStock } } } }",
        ),
        (
            "notifications",
            "{ notifications { unreadCount sound items { id about title preview read when } endCursor } }",
        ),
        ("orders", "{ orders(first: 3) { total items { id state total when lines } endCursor } }"),
    ];
    let web = [
        ("product", "{ product(id: \"KETTLE\") {
            id name brand summary thumbnailUrl
            specifications { group name value } images { url alt width height }
            price { current { amount currency } list { amount } promotions { label percentOff endsAt } }
            stock { available total updatedAt warehouses { warehouse quantity } }
            rating { average count stars }
            reviews(first: 2) { totalCount edges { cursor node { id author rating text createdAt } }
              pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
            related(first: 3) { id name price { current { amount } } rating { average } }
            shippingOptions(country: \"FR\") { option name price { amount } minDays maxDays } } }"),
        ("products", "{ products(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
            edges { cursor node { name rating { average count } stock { available } } } } }"),
        ("search", "{ search(query: \"lamp\", first: 3) { totalCount nodes { name price { current { amount } } } } }"),
        ("categories", "{ categories { id name productCount } }"),
        ("viewer", "{ viewer { id name givenName email avatarUrl memberSince
            preferences { language notificationSound newsletter country }
            paymentMethods { id brand lastFour expires isDefault } } }"),
        ("cart", "{ cart { count subtotal { amount currency } updatedAt
            items { quantity unitPrice { amount } price { amount } product { name stock { total } } } } }"),
        ("orders", "{ orders(first: 3) { totalCount pageInfo { hasNextPage endCursor } nodes { id state total { amount }
            shipping country placedAt updatedAt
            items { name quantity unitPrice { amount } price { amount } product { thumbnailUrl } } } } }"),
        ("order", "{ order(id: \"ORDER\") { id state total { amount currency } shipping country placedAt
            items { name quantity unitPrice { amount } product { id name thumbnailUrl } } } }"),
        ("node", "{ node(id: \"ORDER\") { __typename id ... on Order { state items { product { name } } } } }"),
        ("nodes", "{ nodes(ids: [\"KETTLE\", \"ORDER\", \"USER\"]) { __typename id
            ... on Product { name price { current { amount } } stock { total } }
            ... on Order { state items { product { name } } }
            ... on User { name } } }"),
        ("notifications", "{ notifications(first: 3) { totalCount unreadCount
            nodes { id kind title text read createdAt } pageInfo { hasNextPage } } }"),
        ("dashboard", "{ dashboard {
            viewer { givenName email preferences { language } }
            cart { count subtotal { amount } items { quantity product { name price { current { amount } } } } }
            recommendations(first: 10) { name price { current { amount } } stock { available } }
            notifications(first: 3) { unreadCount nodes { title read } }
            orders(first: 2) { nodes { state total { amount } items { name product { thumbnailUrl } } } } } }"),
    ];
    let iot = [
        ("in_stock", "{ inStock(product: \"KETTLE\") }"),
        ("shelf", "{ shelf(device: \"DEVICE\") { label price inStock } }"),
        ("device", "{ device(id: \"DEVICE\") { id location reportEveryS itemWeightG displayOn readings } }"),
    ];
    let of = |kind, list: &[(&'static str, &str)]| -> Vec<Screen> {
        let screen = |(name, query): &(&'static str, &str)| Screen {
            kind,
            name,
            query: ids.iter().fold((*query).to_owned(), |query, (name, id)| query.replace(name, id)),
        };
        list.iter().map(screen).collect()
    };
    [of(Kind::Mobile, &mobile), of(Kind::Web, &web), of(Kind::Iot, &iot)].concat()
}
