//! A customer, who sends one request after another until the simulation is over, and judges every answer.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use turmoil::net::TcpStream;

use super::additions::{Additions, CART};
use super::hosts::BFF;
use super::network::PORT;
use super::record::{DEADLINE, Line, Record};
use crate::support::{Answer, Connection, Dice};

/// The users in whose names the customers shop.
pub(super) const USERS: [&str; 3] = ["user-ada-lindqvist", "user-zoe-marchetti", "user-nuria-pascual"];

const PRODUCTS: &str =
    "{ products(first: 3) { nodes { name price { current { amount } } stock { available } } } }";

/// Longest rest between two requests, in milliseconds.
const REST_MS: u64 = 300;

/// A customer.
pub(super) struct Customer {
    number: usize,
    dice: Dice,
    connection: Option<Connection>,
    record: Rc<RefCell<Record>>,
}

impl Customer {
    pub(super) fn new(number: usize, seed: u64, record: Rc<RefCell<Record>>) -> Self {
        Self { number, dice: Dice(seed * 16 + number as u64), connection: None, record }
    }

    /// Shops until the simulation is over, then sends again what may not have been done, and checks the cart.
    pub(super) async fn shop(mut self) {
        let (cart, _) = self.send(json!({ "query": CART })).await;
        let mut additions = Additions::to(self.number, &cart.expect("nothing is wrong yet"));
        while !self.record.borrow_mut().is_over(turmoil::sim_elapsed().unwrap()) {
            match self.dice.roll(3) {
                0 => drop(self.send(json!({ "query": PRODUCTS })).await),
                1 => drop(self.send(json!({ "query": CART })).await),
                _ => {
                    let at = additions.draw(&mut self.dice);
                    self.add(&mut additions, at).await;
                }
            }
            sleep(Duration::from_millis(1 + self.dice.roll(REST_MS))).await;
        }
        for at in additions.open() {
            self.add(&mut additions, at).await;
        }
        let (cart, _) = self.send(json!({ "query": CART })).await;
        let checked = cart.map_or(Ok(()), |cart| additions.check(&cart));
        self.note(checked.and_then(|()| match additions.open().len() {
            0 => Ok(()),
            open => Err(format!("{open} additions of customer {} cannot be made", self.number)),
        }));
    }

    async fn add(&mut self, additions: &mut Additions, at: usize) {
        let (answer, is_whole) = self.send(additions.body(at)).await;
        if let Some(answer) = answer.filter(|_| is_whole) {
            self.note(additions.answered(at, &answer));
        }
    }

    /// Sends a request; returns its answer, and whether it is whole.
    async fn send(&mut self, body: Value) -> (Option<Answer>, bool) {
        let (at, start) = (turmoil::sim_elapsed().unwrap(), Instant::now());
        let body = body.to_string();
        let request = Request::post("/graphql")
            .header(header::HOST, BFF)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json")
            .header("x-user-id", USERS[self.number])
            .body(Full::<Bytes>::from(body.clone()))
            .unwrap();
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::over(TcpStream::connect((BFF, PORT)).await.unwrap()).await,
        };
        let answer = timeout(2 * DEADLINE, connection.send(request)).await.ok();
        self.connection = answer
            .as_ref()
            .is_some_and(|answer| !answer.headers.contains_key(header::CONNECTION))
            .then_some(connection);
        let text = answer.as_ref().map(|answer| format!("{} {}", answer.status.as_u16(), answer.text));
        let line = Line { at, took: start.elapsed(), customer: self.number, request: body, answer: text };
        let is_whole = self.record.borrow_mut().add(line, answer.as_ref());
        (answer, is_whole)
    }

    fn note(&self, checked: Result<(), String>) {
        self.record.borrow_mut().problems.extend(checked.err());
    }
}
