//! The domain over real sockets, as its callers see it.

#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

/// The base of every test: a shop of its own, and clients of its services.
mod shop;

/// Events of a shop that no customer causes can be made to happen over the network.
mod admin;
/// An event is recorded once, whoever sends it and however often.
mod analytics;
/// A batch answers key by key, and no key twice.
mod batches;
/// The call log tells the request and the outcome of each call.
mod calls;
/// A cart holds what can be bought, at the prices of now.
mod carts;
/// Nobody gets in without a credential that holds.
mod credentials;
/// Nothing is ever paid in two currencies at once.
mod currencies;
/// A call ends at its caller's deadline.
mod deadlines;
/// A fault breaks its RPC in just the way it says, and nothing else.
mod faults;
/// A foreign catalogue is taken over line by line, as often as it is imported.
mod imports;
/// The process is killed in the middle of writes, and the same calls are made again.
mod killed;
/// A mask answers its part of the whole message, and nothing else.
mod masks;
/// A user is told something once, and nobody else is.
mod notifications;
/// An order goes its way, and tells whoever should know.
mod order_states;
/// An order is placed once, at the prices of that moment, or not at all.
mod orders;
/// Pages together are the whole list, whatever their size.
mod pages;
/// A card pays to the end of its month, and only for its owner.
mod payments;
/// An acknowledged write is there after the process was killed.
mod persistence;
/// Prices are exact, and a customer's own.
mod prices;
/// The binary says in one line what is wrong with its arguments.
mod program;
/// A recommended product can be bought, is new to the user, and never changes its place.
mod recommendations;
/// A user reviews a product once, however often the call is made.
mod reviews;
/// A search finds words by their beginnings, and survives any input.
mod search;
/// The seed is a whole shop, and always the same one.
mod seed;
/// One port serves some services or all, with health and reflection.
mod services;
/// Shipping a product to a country costs the same for everybody.
mod shipping;
/// A watcher sees the stock now, and every change after that.
mod stock;
/// A million computed products answer as stored ones do, and weigh nothing.
mod synthetic;
/// A device reports each reading once, and knows itself alone.
mod telemetry;
/// Users see all of themselves, and little of others.
mod users;
