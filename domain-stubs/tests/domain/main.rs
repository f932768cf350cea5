//! The domain over real sockets, as its clients see it.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

/// The base of every test: a shop of its own, and clients of its services.
mod shop;

/// The admin service causes the events of a shop that customers cannot cause.
mod admin;
/// An event of a user or device is recorded once, however often it is sent.
mod analytics;
/// A batch returns a result for each key, and rejects a key that occurs twice.
mod batches;
/// The call log shows the request and the outcome of each call.
mod calls;
/// A cart takes products that are in stock, and has current prices.
mod carts;
/// A call without a valid credential is rejected.
mod credentials;
/// A cart and an order have one currency each.
mod currencies;
/// A call ends at its deadline.
mod deadlines;
/// A fault breaks its RPC exactly as it states, and no other.
mod faults;
/// A foreign catalogue is imported line by line, and may be imported again.
mod imports;
/// The process is killed in the middle of writes, and the same calls are made again.
mod killed;
/// A mask returns its part of the whole message, and nothing else.
mod masks;
/// A notification reaches its user once, and nobody else.
mod notifications;
/// An order passes through its states, and its owner and watchers are notified.
mod order_states;
/// An order is placed once, at the prices of that moment, or not at all.
mod orders;
/// Pages of any size together are the whole list.
mod pages;
/// A card is valid to the end of its month, and only for its owner.
mod payments;
/// An acknowledged write survives the killing of the process.
mod persistence;
/// Prices are exact, and each customer has their own.
mod prices;
/// The binary reports errors in one line.
mod program;
/// A recommended product is in stock, not reviewed by the user, and keeps its place.
mod recommendations;
/// A user reviews a product once, however often the call is made.
mod reviews;
/// A search finds words by their beginnings, and survives any input.
mod search;
/// The seed is a whole shop, and always the same one.
mod seed;
/// One port serves some services or all, with health and reflection.
mod services;
/// Shipping a product to a country costs the same for every customer.
mod shipping;
/// A watcher receives the present stock, and every change after that.
mod stock;
/// A million computed products behave as stored ones do, and take no memory.
mod synthetic;
/// A reading of a device is counted once, and a device sees itself alone.
mod telemetry;
/// Users see all of their own fields, and few of others.
mod users;
