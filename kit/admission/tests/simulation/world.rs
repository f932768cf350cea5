//! The simulated server and its clients.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use admission::{Admission, Baseline, Permit, Priority, Settings};
use fastrand::Rng;
use tokio::time;

use crate::report::{Outcome, Report, Tick};

/// Time between two readings of the admission's state.
const TICK_NS: u64 = 100_000_000;

/// An operation as clients send it.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Part of all requests.
    pub(crate) share: f64,
    pub(crate) priority: Priority,
    /// Time of a worker.
    pub(crate) service: Service,
    /// Time that takes no worker, such as that of the network or of a service that hangs.
    pub(crate) elsewhere: Duration,
}

/// How the time of a worker is distributed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    /// Exponentially around a mean.
    Exponential(Duration),
    /// Evenly between a half and one and a half times a mean.
    Even(Duration),
    /// A time, and once in so many requests four times it.
    Noisy(Duration, u32),
}

/// What clients send, and who works on it, for a while.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) workers: usize,
    pub(crate) operations: Vec<Operation>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrival,
    /// A worker has done its part of the request.
    Worked(usize),
    Completed(usize),
    Tick,
}

struct Request {
    permit: Permit,
    operation: usize,
    arrived: u64,
    work: u64,
    elsewhere: u64,
}

pub(crate) struct World {
    pub(crate) admission: Admission,
    baselines: Vec<Baseline>,
    random: Rng,
    now: u64,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    requests: Vec<Option<Request>>,
    free: Vec<usize>,
    queue: VecDeque<usize>,
    working: usize,
    report: Report,
}

impl World {
    pub(crate) fn new(seed: u64, settings: Settings) -> Self {
        Self {
            admission: Admission::new(settings),
            baselines: Vec::new(),
            random: Rng::with_seed(seed),
            now: 0,
            events: BinaryHeap::new(),
            requests: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            working: 0,
            report: Report::default(),
        }
    }

    /// Runs a load for a time. Requests under way stay so for the next load.
    pub(crate) async fn run(&mut self, load: &Load, duration: Duration) -> Report {
        self.baselines.resize_with(load.operations.len(), Baseline::default);
        self.report = Report::new(self.now, load.operations.len());
        let end = self.now + nanos(duration);
        self.events.retain(|Reverse((_, event))| !matches!(event, Event::Arrival | Event::Tick));
        self.plan(0, Event::Tick);
        self.arrive_next(load);
        while let Some(Reverse((at, event))) = self.events.pop() {
            if at > end {
                self.events.push(Reverse((at, event)));
                break;
            }
            time::advance(Duration::from_nanos(at - self.now)).await;
            self.now = at;
            match event {
                Event::Arrival => {
                    self.arrive(load);
                    self.arrive_next(load);
                }
                Event::Worked(id) => self.worked(id, load),
                Event::Completed(id) => self.completed(id),
                Event::Tick => {
                    self.tick();
                    self.plan(TICK_NS, Event::Tick);
                }
            }
        }
        time::advance(Duration::from_nanos(end - self.now)).await;
        self.now = end;
        std::mem::take(&mut self.report)
    }

    fn tick(&mut self) {
        let admission = &self.admission;
        let (limit, under_way, pressure) = (admission.limit(), admission.under_way(), admission.pressure());
        self.report.ticks.push(Tick { at: self.now, limit, under_way, pressure });
    }

    fn arrive_next(&mut self, load: &Load) {
        let gap = -(1.0 - self.random.f64()).ln() / load.per_second;
        self.plan((gap * 1e9) as u64, Event::Arrival);
    }

    fn arrive(&mut self, load: &Load) {
        let mut left = self.random.f64() * load.operations.iter().map(|it| it.share).sum::<f64>();
        let chosen = load.operations.iter().position(|it| {
            left -= it.share;
            left < 0.0
        });
        let index = chosen.unwrap_or(0);
        let operation = &load.operations[index];
        let admitted = self.admission.admit(operation.priority, &self.baselines[index]);
        let is_admitted = admitted.is_ok();
        self.report.arrivals.push(Outcome { at: self.now, operation: index, is_admitted });
        let Ok(permit) = admitted else { return };
        let work = nanos(operation.service.draw(&mut self.random));
        let elsewhere = nanos(operation.elsewhere);
        let request = Request { permit, operation: index, arrived: self.now, work, elsewhere };
        let id = self.free.pop().unwrap_or_else(|| {
            self.requests.push(None);
            self.requests.len() - 1
        });
        self.requests[id] = Some(request);
        self.queue.push_back(id);
        self.work(load);
    }

    /// Gives what waits to the workers that are free.
    fn work(&mut self, load: &Load) {
        while self.working < load.workers
            && let Some(id) = self.queue.pop_front()
        {
            self.working += 1;
            let work = self.requests[id].as_ref().unwrap().work;
            self.plan(work, Event::Worked(id));
        }
    }

    fn worked(&mut self, id: usize, load: &Load) {
        self.working -= 1;
        let elsewhere = self.requests[id].as_ref().unwrap().elsewhere;
        self.plan(elsewhere, Event::Completed(id));
        self.work(load);
    }

    fn completed(&mut self, id: usize) {
        let request = self.requests[id].take().unwrap();
        self.free.push(id);
        request.permit.completed();
        self.report.latencies.push((self.now, request.operation, self.now - request.arrived));
    }

    fn plan(&mut self, after: u64, event: Event) {
        self.events.push(Reverse((self.now + after, event)));
    }
}

impl Service {
    fn draw(self, random: &mut Rng) -> Duration {
        match self {
            Self::Exponential(mean) => mean.mul_f64(-(1.0 - random.f64()).ln()),
            Self::Even(mean) => mean.mul_f64(0.5 + random.f64()),
            Self::Noisy(usual, once_in) => usual * if random.u32(..once_in) == 0 { 4 } else { 1 },
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}
