//! Log lines about outages of the shared store. They have a program of their own: other tests would log beside them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{join_all, ready};
use quota::{Access, Limiter, Quota, QuotaKey};
use store::{Buckets, Rate, StoreError, Stored, Taken};
use tokio::time::advance;

/// Buckets that are always whole, or away.
#[derive(Debug, Default)]
struct Whole {
    away: AtomicBool,
}

impl Buckets for Whole {
    fn take<'a>(&'a self, _key: &'a str, _units: u32, _rate: Rate) -> Stored<'a, Taken> {
        let away = self.away.load(Ordering::Relaxed);
        let taken = Taken { admitted: true, debt: Duration::ZERO };
        ready(if away { Err(StoreError::new("Redis: gone")) } else { Ok(taken) }).boxed()
    }
}

/// Lines that were logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_logged_when_it_starts_and_when_it_ends() {
    let log = Log::default();
    let _captured = log.capture();
    let shared = Arc::new(Whole::default());
    let quota = Quota::new("devices", 6_000, Duration::from_mins(1)).unwrap();
    let replica = Limiter::new(quota).sharing(shared.clone());
    let key = QuotaKey::address(Ipv4Addr::new(192, 0, 2, 1).into());
    let charge = async || {
        for _ in 0..5 {
            let reads = (0..10).map(|_| replica.charge(key, 1, Access::Read));
            assert!(join_all(reads).await.iter().all(quota::Decision::is_admitted));
            advance(Duration::from_secs(1)).await;
        }
    };
    charge().await;
    assert_eq!(log.lines(), [""; 0]);

    shared.away.store(true, Ordering::Relaxed);
    charge().await;
    let lines = log.lines();
    assert!(lines.len() == 1 && lines[0].contains("WARN"), "{lines:?}");
    assert!(lines[0].ends_with("counts devices for itself quota=\"devices\" error=Redis: gone"), "{lines:?}");

    shared.away.store(false, Ordering::Relaxed);
    charge().await;
    let lines = log.lines();
    assert!(lines.len() == 2 && lines[1].contains("INFO") && lines[1].contains("is back"), "{lines:?}");
    assert!(!lines.concat().contains("192.0.2"));
}
