//! Admission of operations: which run while the server has more work than it can do.

use admission::{Admission, Baseline, Permit, Pressure, Priority, Settings, Shed};
use fetch::Brownout;
use moka::sync::Cache;
use operation::Prepared;
use telemetry::{Metrics, list};

/// Number of operations whose usual latency is remembered.
const OPERATIONS: u64 = 4_096;

/// Admits operations, the more important ones first.
#[derive(Debug)]
pub struct Admittance {
    /// `None` if everything is admitted.
    admission: Option<Admission>,
    /// The usual latency of each operation, by the hash of its text.
    baselines: Cache<u64, Baseline>,
    priorities: Priorities,
}

/// Root fields of queries, by how much their operations matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Priorities {
    /// Those that matter as much as changes do.
    pub essential: &'static [&'static str],
    /// Those that can wait.
    pub background: &'static [&'static str],
}

impl Admittance {
    /// Admits as these settings say, or everything without any.
    #[must_use]
    pub fn new(settings: Option<Settings>, priorities: Priorities) -> Self {
        Self { admission: settings.map(Admission::new), baselines: Cache::new(OPERATIONS), priorities }
    }

    /// Admits an operation, unless the server has more work than it can do.
    pub(crate) fn admit(&self, operation: &Prepared) -> Result<Option<Permit>, Shed> {
        let Some(admission) = &self.admission else { return Ok(None) };
        let baseline = self.baselines.get_with(operation.text_hash(), Baseline::default);
        admission.admit(self.priority(operation), &baseline).map(Some)
    }

    /// Returns an error if a request would not be admitted just now: one for this operation, or any at all.
    pub(crate) fn room(&self, operation: Option<&Prepared>) -> Result<(), Shed> {
        let Some(admission) = &self.admission else { return Ok(()) };
        admission.room(operation.map_or(Priority::Essential, |operation| self.priority(operation)))
    }

    /// Returns the calls that requests leave out just now.
    pub(crate) fn brownout(&self) -> Brownout {
        match self.admission.as_ref().map(Admission::pressure).unwrap_or_default() {
            Pressure::None | Pressure::Moderate => Brownout::None,
            Pressure::High => Brownout::First,
            Pressure::Severe => Brownout::All,
        }
    }

    /// Returns a function that reports the state.
    pub(crate) fn state(&self) -> impl Fn(&Metrics) + Send + Sync + use<> {
        let admission = self.admission.clone();
        move |metrics| {
            let Some(admission) = &admission else { return };
            admission.refresh();
            metrics.kept(&list::ADMISSION_LIMIT, None, u64::from(admission.limit()));
            metrics.kept(&list::ADMITTED, None, u64::from(admission.under_way()));
            metrics.kept(&list::PRESSURE, None, u64::from(admission.pressure() as u8));
        }
    }

    /// Returns the priority of an operation. Changes come before looks, since their client has decided.
    fn priority(&self, operation: &Prepared) -> Priority {
        let mut fields = operation.root_fields();
        if !operation.is_query() || fields.any(|field| self.priorities.essential.contains(&field)) {
            Priority::Essential
        } else if operation.root_fields().all(|field| self.priorities.background.contains(&field)) {
            Priority::Background
        } else {
            Priority::Usual
        }
    }
}
