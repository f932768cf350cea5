"""Runs each attack against a web BFF of its own, beside two well-behaved clients, and prints a row of the table."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from attacks import ATTACKS
from wire import LARGE, OPERATOR_ADDRESS

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "127.0.0.1"
BOUND_5000 = ["--set", "server.max_connections_per_address=5000"]
# Upper bound on the time of an attack.
MOST_SECONDS = 130
# Seconds after which memory is measured again, by attack; 5 for the others.
AFTER = {"overload": 10}
AFTER_ALL = os.environ.get("SECONDS_AFTER")

children = []


def start(command, **how):
    # The child ends with this program, even if this program is killed.
    child = subprocess.Popen(command, preexec_fn=die_with_parent, **how)
    children.append(child)
    return child


def die_with_parent():
    import ctypes

    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def stop(child):
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    children.remove(child)


def listens(command, log):
    """Starts a server; returns it with the port that its log names."""
    with open(log, "wb") as out:
        child = start(command, stdout=out, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir())
    for _ in range(100):
        with open(log, encoding="utf-8", errors="replace") as said:
            if found := re.search(r"listen(?:s|ing) on [0-9.]+:(\d+)", said.read()):
                return child, int(found[1])
        if child.poll() is not None:
            break
        time.sleep(0.1)
    with open(log, encoding="utf-8", errors="replace") as said:
        sys.exit(f"{command[0]} did not start:\n{said.read()}")


def request(port, method, path, query=None, timeout=3):
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout, source_address=(OPERATOR_ADDRESS, 0))
    try:
        body = json.dumps({"query": query}) if query else None
        connection.request(method, path, body, {"content-type": "application/json"} if query else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def metrics(port, kept=None):
    if kept:
        kept.request("GET", "/metrics")
        text = kept.getresponse().read().decode()
    else:
        text = request(port, "GET", "/metrics")[1].decode()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line[:1] not in ("#", "")}


class Watch:
    """Peaks of a process: memory and descriptors, ten times a second; its unread bytes by its metrics, each second."""

    def __init__(self, pid, port):
        self.pid, self.port = pid, port
        self.memory = self.descriptors = self.unread = 0
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=it, daemon=True) for it in (self.look, self.scrape)]
        for it in self.threads:
            it.start()

    def now(self):
        with open(f"/proc/{self.pid}/statm") as statm:
            memory = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        return memory, len(os.listdir(f"/proc/{self.pid}/fd"))

    def look(self):
        while not self.ended.wait(0.1):
            try:
                memory, descriptors = self.now()
            except OSError:
                return
            self.memory, self.descriptors = max(self.memory, memory), max(self.descriptors, descriptors)

    def scrape(self):
        kept = http.client.HTTPConnection(HOST, self.port, timeout=3, source_address=(OPERATOR_ADDRESS, 0))
        while True:
            try:
                self.unread = max(self.unread, metrics(self.port, kept).get("bff_unread_bytes", 0))
            except (OSError, http.client.HTTPException):
                kept.close()
            if self.ended.wait(1):
                return kept.close()

    def end(self):
        self.ended.set()
        for it in self.threads:
            it.join()


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def number(value):
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def row(name, upstream, folder):
    more = BOUND_5000 if name.endswith("bound-5000") else []
    command = [os.environ["BFF_WEB"], "--mode", "development", "--listen", f"{HOST}:0", "--upstream", upstream]
    log = os.path.join(folder, f"{name}.log")
    bff, port = listens([*command, *more], log)
    # The server has made the large answer once before the measurement.
    status, large = request(port, "POST", "/graphql", LARGE, 10)
    if status != 200 or b'"errors"' in large or len(large) < 150_000:
        sys.exit(f"the large answer is wrong: {status}, {len(large)} bytes, {large[:500]}")
    python, where = sys.executable, [HOST, str(port)]
    good = start([python, os.path.join(HERE, "good.py"), *where], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(1.5)
    watch = Watch(bff.pid, port)
    time.sleep(0.3)
    before = watch.now()
    attack = start([python, os.path.join(HERE, "attacks.py"), name, *where, str(bff.pid)], stdout=subprocess.PIPE)
    try:
        outcome = attack.communicate(timeout=MOST_SECONDS)[0].decode().strip() or f"attack failed: {attack.returncode}"
    except subprocess.TimeoutExpired:
        outcome = f"took more than {MOST_SECONDS} s"
    stop(attack)
    time.sleep(0.2)
    said = json.loads(good.communicate(b"", timeout=15)[0])
    stop(good)
    if bff.poll() is not None:
        outcome += f"; THE SERVER ENDED: {bff.returncode}"
        print(f"| {name} | {outcome} |", flush=True)
        children.remove(bff)
        return
    watch.end()
    time.sleep(float(AFTER_ALL or AFTER.get(name, 5)))
    after = watch.now()
    counts = metrics(port)
    seen = " ".join(
        f"{key.removeprefix('bff_').replace('_total', '').replace(chr(34), '')}={value:.0f}"
        for key, value in sorted(counts.items())
        if re.match("bff_(connections_closed|refused|connections_refused|unanswered)_total", key)
    )
    latencies, errors = said["latencies"], said["errors"]
    cells = [
        name,
        outcome,
        f"{number(percentile(latencies, 0.5))}/{number(percentile(latencies, 0.99))}, {len(errors)} of {len(latencies)}",
        "{:.0f} / {:.0f} / {:.0f}".format(before[0], max(watch.memory, before[0]), after[0]),
        "{} / {} / {}".format(before[1], max(watch.descriptors, before[1]), after[1]),
        f"{watch.unread / 1e6:.0f}",
        seen,
    ]
    print("| " + " | ".join(cells) + " |", flush=True)
    if errors:
        print(f"  errors of {name}: {sorted(set(errors))[:5]}", file=sys.stderr)
        with open(log, encoding="utf-8", errors="replace") as said:
            bad = [line.strip() for line in said if re.search(" (WARN|ERROR) (?!h2::)", line)]
        print("  " + "\n  ".join(bad[:5]), f"\n  {len(bad)} such lines", file=sys.stderr)
    stop(bff)


def main():
    if "--list" in sys.argv:
        for name, run in ATTACKS.items():
            print(f"{name}: {' '.join((run.__doc__ or '').split())}")
        return
    names = sys.argv[1:] or list(ATTACKS)
    if unknown := [name for name in names if name not in ATTACKS]:
        sys.exit(f"no such attack: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as folder:
        try:
            domain = [os.environ["DOMAIN_STUBS"], "--listen", f"{HOST}:0"]
            _, port = listens(domain, os.path.join(folder, "domain.log"))
            print("| attack | outcome | good p50/p99 ms, errors | RSS MB before / peak / after | descriptors | unread MB | seen in /metrics |")
            print("|---|---|---|---|---|---|---|", flush=True)
            for name in names:
                row(name, f"http://{HOST}:{port}", folder)
        finally:
            for child in children[:]:
                stop(child)


main()
