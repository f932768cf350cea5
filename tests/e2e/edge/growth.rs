//! Measures the growth of CPU time with length.

use std::time::Duration;

use cpu_time::ThreadTime;

/// CPU time of one run: the best of several rounds, since others use the machine too. A round has enough runs for the
/// clock to measure.
pub(super) fn per_run(mut run: impl FnMut()) -> Duration {
    const ROUND: Duration = Duration::from_micros(500);
    let mut times = 1;
    let mut best = Duration::MAX;
    let mut rounds = 0;
    while rounds < 5 {
        let start = ThreadTime::now();
        (0..times).for_each(|_| run());
        let took = start.elapsed();
        if took < ROUND {
            times *= 2;
            continue;
        }
        best = best.min(took / times);
        rounds += 1;
    }
    best
}

/// The exponent with which time grows with length, fitted over all points: 1 is linear. The exponent is 0 for documents
/// that cannot be made longer.
pub(super) fn growth(points: &[(usize, Duration)]) -> f64 {
    let ln = |&(bytes, took): &(usize, Duration)| {
        (f64::from(u32::try_from(bytes.max(1)).unwrap()).ln(), took.as_secs_f64().ln())
    };
    let points: Vec<_> = points.iter().map(ln).collect();
    let count = f64::from(u32::try_from(points.len()).unwrap());
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let covariance: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let variance: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    if variance < 1.0 { 0.0 } else { covariance / variance }
}
