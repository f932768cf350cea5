//! Measures the CPU time of preparing each operation of the web shop, from its text to its plan.
//!
//! `cargo run --release -p bff-web --example prepare`

use std::path::Path;

use cpu_time::ThreadTime;

const ROUNDS: u32 = 20;
const TIMES: u32 = 200;

#[expect(clippy::print_stdout, reason = "the example prints its figures")]
fn main() -> std::io::Result<()> {
    let preparer = bff_kit::host::preparer(bff_web::client());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/web/operations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|it| it.map(|it| it.path())).collect::<Result<_, _>>()?;
    files.sort();
    for file in files.iter().filter(|it| it.extension().is_some_and(|it| it == "graphql")) {
        let text = std::fs::read_to_string(file)?;
        // The best of several rounds counts, since other processes use the machine too.
        let round = || {
            let start = ThreadTime::now();
            for _ in 0..TIMES {
                drop(std::hint::black_box(preparer.plan(&text)));
            }
            start.elapsed() / TIMES
        };
        let best = (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        println!("{name:<24} {:>8.1} µs, {:>5} bytes", best.as_secs_f64() * 1e6, text.len());
    }
    Ok(())
}
