//! The cart service: the items customers are about to buy.

mod items;

use proto::carts::{
    AddItemRequest, AddItemResponse, AdoptCartRequest, AdoptCartResponse, Cart, GetCartRequest,
    GetCartResponse, RemoveItemRequest, RemoveItemResponse, SetQuantityRequest, SetQuantityResponse,
    cart_service_server::CartService,
};
use tonic::{Request, Response, Status};

use self::items::{Change, Owner};
pub(crate) use self::items::{clear, read};
use crate::{
    clock::Clock,
    credential::Caller,
    mask::{Mask, Resource},
    store::Store,
};

const ADD_ITEM: &str = "shop.carts.v1.CartService/AddItem";
const SET_QUANTITY: &str = "shop.carts.v1.CartService/SetQuantity";
const REMOVE_ITEM: &str = "shop.carts.v1.CartService/RemoveItem";
const ADOPT_CART: &str = "shop.carts.v1.CartService/AdoptCart";

/// Carts over the store.
#[derive(Debug, Clone)]
pub(crate) struct Carts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

impl Resource for Cart {
    const NAME: &'static str = "shop.carts.v1.Cart";
    const KEY: Option<&'static str> = None;
}

impl Carts {
    /// The acting user or visitor.
    fn owner(&self, extensions: &tonic::Extensions) -> Result<Owner, Status> {
        let user = match Caller::of(extensions)?.visitor() {
            Some(visitor) => of_visitor(visitor),
            None => Caller::acting_user(extensions)?,
        };
        Ok(Owner { user, now: self.clock.now().as_microsecond() })
    }
}

/// The name under which the cart of a visitor is stored, which is that of no user.
fn of_visitor(visitor: &str) -> String {
    format!("visitor:{visitor}")
}

#[tonic::async_trait]
impl CartService for Carts {
    async fn get_cart(&self, request: Request<GetCartRequest>) -> Result<Response<GetCartResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let owner = self.owner(&extensions)?;
        let mask = Mask::<Cart>::new(request.read_mask.as_ref())?;
        let cart = self.store.read(move |db| items::read(db, &owner.user, owner.now)).await?;
        Ok(Response::new(GetCartResponse { cart: Some(mask.trim(cart)) }))
    }

    async fn add_item(&self, request: Request<AddItemRequest>) -> Result<Response<AddItemResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let owner = self.owner(&extensions)?;
        items::check_quantity(request.quantity)?;
        let response = self.store.write(move |db| {
            owner.write(ADD_ITEM, &request.idempotency_key, &request).once(db, || {
                let cart = items::change(db, &owner, &request.product_id, Change::Add(request.quantity))?;
                Ok(AddItemResponse { cart: Some(cart) })
            })
        });
        Ok(Response::new(response.await?))
    }

    async fn set_quantity(
        &self,
        request: Request<SetQuantityRequest>,
    ) -> Result<Response<SetQuantityResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let owner = self.owner(&extensions)?;
        items::check_quantity(request.quantity)?;
        let response = self.store.write(move |db| {
            owner.write(SET_QUANTITY, &request.idempotency_key, &request).once(db, || {
                let cart = items::change(db, &owner, &request.product_id, Change::Set(request.quantity))?;
                Ok(SetQuantityResponse { cart: Some(cart) })
            })
        });
        Ok(Response::new(response.await?))
    }

    async fn remove_item(
        &self,
        request: Request<RemoveItemRequest>,
    ) -> Result<Response<RemoveItemResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let owner = self.owner(&extensions)?;
        let response = self.store.write(move |db| {
            owner.write(REMOVE_ITEM, &request.idempotency_key, &request).once(db, || {
                let cart = items::remove(db, &owner, &request.product_id)?;
                Ok(RemoveItemResponse { cart: Some(cart) })
            })
        });
        Ok(Response::new(response.await?))
    }

    async fn adopt_cart(
        &self,
        request: Request<AdoptCartRequest>,
    ) -> Result<Response<AdoptCartResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let owner = Owner { user: Caller::acting_user(&extensions)?, ..self.owner(&extensions)? };
        let response = self.store.write(move |db| {
            owner.write(ADOPT_CART, &request.idempotency_key, &request).once(db, || {
                let cart = items::adopt(db, &owner, &of_visitor(&request.visitor_id))?;
                Ok(AdoptCartResponse { cart: Some(cart) })
            })
        });
        Ok(Response::new(response.await?))
    }
}
