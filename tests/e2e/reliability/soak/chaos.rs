//! Faults at random: calls that fail, hang or are slow, replicas that restart or are killed, connections that go silent.

use std::time::Duration;

use proto::admin::Fault;
use tokio::time::{Instant, sleep, timeout};

use super::super::proxy::Proxy;
use super::super::replicas::Replicas;
use crate::support::Dice;

/// The RPCs that the traffic needs.
const RPCS: [&str; 8] = [
    "shop.carts.v1.CartService/GetCart",
    "shop.catalog.v1.CatalogService/BatchGetProducts",
    "shop.catalog.v1.CatalogService/ListProducts",
    "shop.inventory.v1.InventoryService/BatchGetStock",
    "shop.notifications.v1.NotificationService/ListNotifications",
    "shop.orders.v1.OrderService/ListOrders",
    "shop.pricing.v1.PricingService/BatchGetPrices",
    "shop.reviews.v1.ReviewService/BatchGetRatings",
];

/// Time that a replica gets to finish its calls, some of which may be on connections that went silent.
const GRACE: Duration = Duration::from_secs(1);

/// Longest time of a fault, and of the pause behind it, in milliseconds.
const FAULT_MS: u64 = 1_500;
const PAUSE_MS: u64 = 1_000;

/// Replicas of the services, each behind a proxy.
pub(super) struct Chaos {
    pub(super) replicas: Replicas,
    proxies: Vec<Proxy>,
    dice: Dice,
    /// Number of faults so far, by kind.
    pub(super) count: [usize; 4],
}

impl Chaos {
    pub(super) async fn over(count: usize) -> Self {
        let replicas = Replicas::open(count);
        let mut proxies = Vec::new();
        for at in 0..count {
            proxies.push(Proxy::before(replicas.address(at)).await);
        }
        Self { replicas, proxies, dice: Dice(7), count: [0; 4] }
    }

    /// The addresses, as the setting `upstream.default` takes them.
    pub(super) fn addresses(&self) -> String {
        self.proxies.iter().map(|it| format!("http://{}", it.address)).collect::<Vec<_>>().join(", ")
    }

    /// Strikes again and again for a while, then lifts all faults.
    pub(super) async fn strike_for(&mut self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            let kind = usize::try_from(self.dice.roll(4)).unwrap();
            self.count[kind] += 1;
            let at = usize::try_from(self.dice.roll(self.proxies.len() as u64)).unwrap();
            let length = Duration::from_millis(self.dice.roll(FAULT_MS));
            match kind {
                0 => self.break_rpc(length).await,
                1 => self.restart(at).await,
                2 => self.kill(at, length).await,
                _ => self.proxies[at].silence(),
            }
            sleep(Duration::from_millis(self.dice.roll(PAUSE_MS))).await;
        }
    }

    async fn break_rpc(&mut self, length: Duration) {
        let rpc = RPCS[usize::try_from(self.dice.roll(RPCS.len() as u64)).unwrap()].to_owned();
        let fault = match self.dice.roll(3) {
            0 => Fault { error_code: 14, error_rate: 0.7, ..Fault::default() },
            1 => Fault { black_hole: true, ..Fault::default() },
            _ => {
                let latency = prost_types::Duration::try_from(Duration::from_millis(300)).ok();
                Fault { latency, latency_rate: 0.5, ..Fault::default() }
            }
        };
        self.replicas.domain.faults().set(Fault { rpc, ..fault }).unwrap();
        sleep(length).await;
        self.replicas.domain.faults().clear();
    }

    async fn restart(&mut self, at: usize) {
        if timeout(GRACE, self.replicas.restart(at)).await.is_err() {
            self.kill(at, Duration::ZERO).await;
        }
    }

    async fn kill(&mut self, at: usize, length: Duration) {
        self.replicas.kill(at);
        sleep(length).await;
        self.replicas.start(at);
    }
}
