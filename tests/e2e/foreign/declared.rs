//! Declarations of fields are held to the contracts of the services, also where a fetch was written by hand.

use contracts::Protos;
use operation::schema::SchemaIndex;

const PRICES: &str = "shop.pricing.v1.PricingService/BatchGetPrices";
const ADD_ITEM: &str = "shop.carts.v1.CartService/AddItem";

/// Changes of the phone app's declarations, each with what is told of it.
const MISTAKES: [(&str, &str, &str); 6] = [
    (PRICES, "shop.pricing.v1.PricingService/GetPrice", "for PriceOf, which no contract has"),
    (PRICES, ADD_ITEM, "for PriceOf, whose contract says that it changes something: send a command"),
    (
        ADD_ITEM,
        "shop.carts.v1.CartService/GetCart",
        "for AddToCart, whose contract says that it has no side effects: fetch it",
    ),
    ("\"available\"", "\"availabel\"", "Product.inStock reads availabel of StockOf, which"),
    ("\"thumbnail_url\"", "\"thumb_url\"", "Product.thumbnail reads thumb_url, which"),
    ("\"parent.id\"", "\"parent.number\"", "Product.price reads number, which"),
];

#[test]
fn what_fields_declare_is_held_to_the_contracts() {
    let protos = Protos::decode(proto::DESCRIPTORS).unwrap();
    let problems = |sdl: &str| protos.declaration_problems(&SchemaIndex::of(sdl));
    let sdl = bff_mobile::client().internal_sdl();
    assert_eq!(problems(&sdl), [""; 0]);
    for (from, to, told) in MISTAKES {
        assert!(sdl.contains(from), "{from}");
        let problems = problems(&sdl.replace(from, to));
        assert!(problems.iter().any(|problem| problem.contains(told)), "{told} is not in {problems:?}");
    }
}
