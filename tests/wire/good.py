"""Well-behaved clients: two kept connections, 50 requests a second each, until standard input ends.

Then prints the latencies in milliseconds and the errors, as JSON. The time for which a client waits for its busy
connection is not part of a latency: in an overload it sends fewer requests.
"""

import asyncio
import json
import sys
import time

from wire import GOOD_ADDRESS, post

QUERY = '{ product(id: "UHJvZHVjdDprZXR0bGUtZ29vc2VuZWNrLTA5") { name } }'
EVERY = 0.02


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head.split()[1]), await reader.readexactly(int(length.split(b":")[1]))


async def client(host, port, stop, latencies, errors):
    request = post(QUERY, port)
    streams = None
    due = time.monotonic()
    while not stop.is_set():
        due = max(due + EVERY, time.monotonic())
        await asyncio.sleep(max(0, due - time.monotonic()))
        sent = time.monotonic()
        try:
            if streams is None:
                streams = await asyncio.open_connection(host, port, local_addr=(GOOD_ADDRESS, 0))
            streams[1].write(request)
            status, body = await asyncio.wait_for(answer(streams[0]), 5)
            if status != 200 or b'"errors"' in body or b'"name":"' not in body:
                errors.append(f"{status} {body[:300]!r}")
        except (OSError, EOFError, StopIteration, TimeoutError, asyncio.TimeoutError) as error:
            errors.append(type(error).__name__)
            if streams:
                streams[1].close()
            streams = None
        latencies.append((time.monotonic() - sent) * 1000)


async def main():
    stop, latencies, errors = asyncio.Event(), [], []
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, stop.set)
    await asyncio.gather(*(client(sys.argv[1], int(sys.argv[2]), stop, latencies, errors) for _ in range(2)))
    print(json.dumps({"latencies": latencies, "errors": errors}))


asyncio.run(main())
