//! A server in a process of its own, which can be killed: an ignored test of this binary, started by another test.

use std::io::{BufRead as _, BufReader, Lines};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The line that the process prints once it listens.
const LISTENING: &str = "the process listens on ";

/// A server in a process of its own, which is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Kept open: the process says after a minute that its test still runs, and would end if nobody could hear it.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts an ignored test as a process, tells it something in its environment, and waits until it listens.
    pub(crate) fn start(test: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said
            .find_map(|line| Some(line.unwrap().split_once(LISTENING)?.1.parse().unwrap()))
            .expect("the process says where it listens");
        Self { child, address, _said: said }
    }

    /// The number by which the system knows the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads a variable that the test which started this process has set.
#[expect(clippy::disallowed_methods, reason = "what one test tells another process, not configuration")]
pub(crate) fn told(variable: &str) -> String {
    std::env::var(variable).unwrap()
}

/// Tells the test which started this process that it listens; the future is ready when that test has ended and with it
/// the pipe to this process.
#[expect(clippy::print_stdout, reason = "standard output is the pipe to the test that started the process")]
pub(crate) fn listens(address: SocketAddr) -> impl Future<Output = ()> + Send + 'static {
    println!("{LISTENING}{address}");
    let alone = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    async { drop(alone.await) }
}
