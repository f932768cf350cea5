"""Compares the CPU time per request of web BFFs: the same requests to each program in turn, several rounds, the median
of the rounds. Needs Python 3.11 or later and nothing else.

    python3 tests/wire/cpu.py DOMAIN_STUBS NAME=BFF_WEB[,SETTING=VALUE...] NAME=...

Each program runs in development mode before the same services, and is called by 8 clients on connections of their own.
"""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROUNDS = int(os.environ.get("ROUNDS", "7"))
REQUESTS = int(os.environ.get("REQUESTS", "4000"))
CLIENTS = 8
QUERY = (
    "{ products(first: 10) { nodes { name price { current { amount } } rating { average } stock { available } } } }"
)
TICKS = os.sysconf("SC_CLK_TCK")


def start(command):
    log = tempfile.TemporaryFile("w+")
    # The folder that it runs in has no settings to be found.
    command = [os.path.realpath(command[0]), *command[1:]]
    child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir())
    for _ in range(100):
        log.seek(0)
        if found := re.search(r"listen(?:s|ing) on [0-9.]+:(\d+)", log.read()):
            return child, int(found[1])
        time.sleep(0.05)
    child.kill()
    sys.exit(f"{command[0]} does not listen")


def cpu_seconds(child):
    with open(f"/proc/{child.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def client(port, count, broken):
    body = json.dumps({"query": QUERY}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    with socket.create_connection(("127.0.0.1", port)) as connection:
        stream = connection.makefile("rb")
        for _ in range(count):
            connection.sendall(request)
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answer = stream.read(length)
            if b'"errors"' in answer or b'"degraded"' in answer or not length:
                broken.append(answer[:200])


def load(port, requests):
    broken = []
    clients = [threading.Thread(target=client, args=(port, requests // CLIENTS, broken)) for _ in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    if broken:
        sys.exit(f"{len(broken)} answers are not whole: {broken[0]}")


def main():
    stubs, *programs = sys.argv[1:]
    children = []
    try:
        services, domain = start([stubs, "--listen", "127.0.0.1:0"])
        children.append(services)
        servers = {}
        for program in programs:
            name, _, what = program.partition("=")
            path, *settings = what.split(",")
            sets = [flag for setting in settings for flag in ("--set", setting)]
            upstream = ["--upstream", f"http://127.0.0.1:{domain}"]
            bff, port = start([path, "--mode", "development", "--listen", "127.0.0.1:0", *upstream, *sets])
            children.append(bff)
            servers[name] = (bff, port)
            load(port, 800)
        costs = {name: [] for name in servers}
        for _ in range(ROUNDS):
            for name, (bff, port) in servers.items():
                before = cpu_seconds(bff)
                load(port, REQUESTS)
                costs[name].append((cpu_seconds(bff) - before) / REQUESTS * 1e6)
        first = statistics.median(next(iter(costs.values())))
        for name, cost in costs.items():
            median = statistics.median(cost)
            print(f"{name}: {median:.0f} µs CPU a request ({median / first:.2f}), rounds {min(cost):.0f}–{max(cost):.0f}")
    finally:
        for child in children:
            child.terminate()


main()
