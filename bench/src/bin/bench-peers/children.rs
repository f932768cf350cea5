//! Processes that end with this one.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::Context as _;

/// A process that is killed when this value is dropped. Where `setpriv` is there, it also ends when this process is
/// killed.
pub struct Process {
    child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _has_ended = self.child.kill();
        let _is_reaped = self.child.wait();
    }
}

impl Process {
    /// Id of the process: that of the program itself, since the wrappers become it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the status of the process if it has ended.
    pub fn ended(&mut self) -> std::io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }
}

/// The way in which processes are started.
pub struct Starter {
    cores: Option<Cores>,
    has_setpriv: bool,
    logs: Option<std::path::PathBuf>,
}

/// The core of the measured server, and that of the load and the services.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    pub server: usize,
    pub load: usize,
}

/// The side on which a process runs.
#[derive(Clone, Copy)]
pub enum Side {
    Server,
    Load,
}

impl Starter {
    /// Finds out what this machine has, and says what it has not.
    pub fn new(logs: Option<&Path>) -> Self {
        let has = |program: &str| {
            let command =
                Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            command.is_ok_and(|status| status.success())
        };
        let cores = match (has("taskset"), cores().as_slice()) {
            (true, [server, load, ..]) => Some(Cores { server: *server, load: *load }),
            (false, _) => {
                println!("There is no `taskset`: nothing is pinned, and servers use several cores.");
                None
            }
            (true, _) => {
                println!("There is one core: servers share it with the load, and nothing is pinned.");
                None
            }
        };
        Self { cores, has_setpriv: has("setpriv"), logs: logs.map(Path::to_owned) }
    }

    /// Pins this process, which sends the load.
    pub fn pin_this(&self) -> anyhow::Result<()> {
        let Some(cores) = self.cores else { return Ok(()) };
        println!("The server has core {}, the services and the load have core {}.", cores.server, cores.load);
        let (core, id) = (cores.load.to_string(), std::process::id().to_string());
        let status =
            Command::new("taskset").args(["-a", "-p", "-c", &core, &id]).stdout(Stdio::null()).status()?;
        anyhow::ensure!(status.success(), "`taskset` failed");
        Ok(())
    }

    /// Starts a program on one side. `name` is that of its log.
    pub fn start(
        &self,
        side: Side,
        name: &str,
        program: &Path,
        arguments: &[String],
    ) -> anyhow::Result<Process> {
        let mut words: Vec<String> = Vec::new();
        if self.has_setpriv {
            words.extend(["setpriv", "--pdeathsig", "KILL"].map(str::to_owned));
        }
        if let Some(cores) = self.cores {
            let core = match side {
                Side::Server => cores.server,
                Side::Load => cores.load,
            };
            words.extend(["taskset".to_owned(), "-c".to_owned(), core.to_string()]);
        }
        words.push(program.to_string_lossy().into_owned());
        words.extend(arguments.iter().cloned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("NODE_ENV", "production").stdin(Stdio::null());
        match &self.logs {
            Some(folder) => {
                let log = File::create(folder.join(format!("{name}.log")))?;
                command.stdout(log.try_clone()?).stderr(log);
            }
            None => {
                command.stdout(Stdio::null()).stderr(Stdio::null());
            }
        }
        let child = command.spawn().with_context(|| format!("{} does not start", program.display()))?;
        Ok(Process { child })
    }
}

/// Returns an address of this machine that is free.
pub fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

/// Returns the cores that this process may use, from a list such as `0-1,4`.
fn cores() -> Vec<usize> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.trim().split(',').filter_map(range).flatten().collect()
}
