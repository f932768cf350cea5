"""Parts of attacks and well-behaved clients: requests, HTTP/2 frames, and the sockets of the server's process."""

import asyncio
import collections
import json
import os
import socket
import struct
import time

import hpack

GOOD_ADDRESS = "127.0.0.2"
OPERATOR_ADDRESS = "127.0.0.3"

CHEAP = "{ __typename }"
# About 188 kB.
LARGE = """{
  products(first: 24) { nodes { id name brand summary description
    images { url } specifications { name value } } }
}
"""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE = 4


def post(query, port, headers=""):
    """A request by HTTP/1.1."""
    body = json.dumps({"query": query})
    return (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n{headers}"
        f"content-length: {len(body)}\r\n\r\n{body}"
    ).encode()


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(**values):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", int(key[1:]), value) for key, value in values.items()))


def window_update(stream, by):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", by))


class Http2:
    """A connection by HTTP/2 that sends any frame, valid or not, and records the responses."""

    def __init__(self, reader, writer, port):
        self.reader, self.writer, self.port = reader, writer, port
        self.encoder = hpack.Encoder()
        self.start = time.monotonic()
        self.next_stream = 1
        self.statuses = collections.Counter()
        self.resets = collections.Counter()
        self.data = collections.Counter()
        self.goaway = None
        self.closed_after = None
        self.how = None

    @classmethod
    async def open(cls, host, port, window=65_535, reads=True):
        reader, writer = await asyncio.open_connection(host, port)
        self = cls(reader, writer, port)
        writer.write(PREFACE + settings(**{f"_{INITIAL_WINDOW_SIZE}": window}))
        self.reading = asyncio.ensure_future(self.read()) if reads else None
        return self

    def head(self, method="POST", path="/graphql", more=()):
        return self.encoder.encode(
            [
                (":method", method),
                (":scheme", "http"),
                (":authority", f"127.0.0.1:{self.port}"),
                (":path", path),
                *([("content-type", "application/json")] if method == "POST" else []),
                *more,
            ],
            huffman=False,
        )

    def stream(self):
        stream, self.next_stream = self.next_stream, self.next_stream + 2
        return stream

    def request(self, query):
        """Sends an operation, and returns its stream."""
        stream = self.stream()
        body = json.dumps({"query": query}).encode()
        self.writer.write(frame(HEADERS, END_HEADERS, stream, self.head()) + frame(DATA, END_STREAM, stream, body))
        return stream

    async def read(self):
        decoder = hpack.Decoder()
        decoder.max_allowed_table_size = 1 << 20
        try:
            while True:
                head = await self.reader.readexactly(9)
                length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                stream = int.from_bytes(head[5:], "big") & 0x7FFF_FFFF
                payload = await self.reader.readexactly(length)
                if kind == HEADERS:
                    headers = dict(decoder.decode(payload))
                    if ":status" in headers:
                        self.statuses[headers[":status"]] += 1
                elif kind == DATA:
                    self.data[stream] += length
                elif kind == RST_STREAM:
                    self.resets[int.from_bytes(payload, "big")] += 1
                elif kind == GOAWAY:
                    self.goaway = (int.from_bytes(payload[4:8], "big"), payload[8:].decode(errors="replace"))
                elif kind == SETTINGS and not flags & ACK:
                    self.writer.write(frame(SETTINGS, ACK, 0))
                elif kind == PING and not flags & ACK:
                    self.writer.write(frame(PING, ACK, 0, payload))
        except asyncio.IncompleteReadError:
            self.how = "closed"
        except OSError as error:
            self.how = type(error).__name__
        self.closed_after = time.monotonic() - self.start

    def told(self):
        """Returns the outcome, in short."""
        parts = []
        if self.statuses:
            parts.append("statuses " + counted(self.statuses))
        if self.resets:
            parts.append("RST " + counted(self.resets))
        if self.goaway:
            parts.append("GOAWAY {} {}".format(*self.goaway).strip())
        parts.append(f"{self.how} at {self.closed_after:.1f} s" if self.how else "open")
        return ", ".join(parts)


def counted(counter):
    return " ".join(f"{key}×{count}" for key, count in sorted(counter.items(), key=lambda it: str(it[0])))


def spread(values):
    """Formats the least and the most of some times."""
    if not values:
        return "never"
    return f"{min(values):.1f} s" if max(values) - min(values) < 0.05 else f"{min(values):.1f}–{max(values):.1f} s"


def sockets(pid):
    """Returns the number of open sockets of a process; a closed one is gone, even if its client does not notice."""
    count = 0
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            count += os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("socket:")
        except OSError:
            pass
    return count


def plain_socket(receive_buffer=None):
    it = socket.socket()
    if receive_buffer:
        it.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    it.setblocking(False)
    return it
