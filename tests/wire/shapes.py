"""Shapes of requests in which one program reads a header or a body where another reads a second request."""

import json

BODY = json.dumps({"query": "{ __typename }"}).encode()
LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
# Bytes inside one request: a server that answers them has misread the end of that request.
SECOND = b"GET /smuggled HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
SECOND_LENGTH = b"content-length: %d\r\n" % len(SECOND)


def _post(headers, body=BODY, line=b"POST /graphql HTTP/1.1\r\n", host=b"host: %(host)s\r\n"):
    return line + host + b"content-type: application/json\r\n" + headers + b"\r\n" + body


def _chunks(chunks):
    return _post(CHUNKED, chunks)


# Name, bytes, and the accepted results, separated by spaces: each the statuses of all answers, separated by commas.
SHAPES = [
    ("whole request", _post(LENGTH), "200"),
    ("differing CL", _post(LENGTH + b"content-length: 5\r\n"), "400"),
    ("equal double CL", _post(LENGTH + LENGTH), "200 400"),
    ("CL list", _post(b"content-length: %d, %d\r\n" % (len(BODY), len(BODY))), "400 200"),
    ("CL list differing", _post(b"content-length: %d, 5\r\n" % len(BODY)), "400"),
    ("CL +n", _post(b"content-length: +%d\r\n" % len(BODY)), "400"),
    ("CL hexadecimal", _post(b"content-length: 0x1a\r\n"), "400"),
    ("CL -1", _post(b"content-length: -1\r\n"), "400"),
    ("CL huge", _post(b"content-length: 99999999999999999999999\r\n"), "400"),
    ("CL empty", _post(b"content-length: \r\n"), "400"),
    ("space before colon", _post(b"content-length : %d\r\n" % len(BODY)), "400"),
    ("TE+CL", _post(CHUNKED + LENGTH, CHUNKS + SECOND), "400"),
    ("CL+TE", _post(LENGTH + CHUNKED, CHUNKS + SECOND), "400"),
    ("TE twice", _post(CHUNKED + CHUNKED, CHUNKS + SECOND), "400"),
    ("TE chunked, chunked", _post(b"transfer-encoding: chunked, chunked\r\n", CHUNKS), "400"),
    ("TE identity, chunked", _post(b"transfer-encoding: identity, chunked\r\n", CHUNKS), "400 501"),
    ("TE chunked, identity", _post(b"transfer-encoding: chunked, identity\r\n", CHUNKS), "400 501"),
    ("TE xchunked", _post(b"transfer-encoding: xchunked\r\n", CHUNKS), "400 501"),
    ("TE in HTTP/1.0", _post(CHUNKED, CHUNKS, line=b"POST /graphql HTTP/1.0\r\n"), "400"),
    ("chunk size bad", _chunks(b"zz\r\n" + BODY + b"\r\n0\r\n\r\n"), "400"),
    ("chunk size overflowing", _chunks(b"fffffffffffffffff\r\n" + BODY + b"\r\n0\r\n\r\n"), "400"),
    ("chunk line ended by LF", _chunks(b"%x\n%s\n0\n\n" % (len(BODY), BODY)), "400"),
    ("chunk not ended", _chunks(b"%x\r\n%sXX0\r\n\r\n" % (len(BODY), BODY)), "400"),
    ("chunk extension of 1 MB", _chunks(b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(BODY), b"a" * 1_000_000, BODY)), "400"),
    ("trailers of 1 MB", _chunks(b"%x\r\n%s\r\n0\r\nt: %s\r\n\r\n" % (len(BODY), BODY, b"a" * 1_000_000)), "400"),
    ("obs-fold", _post(LENGTH + b"x-a: b\r\n c\r\n"), "400"),
    ("NUL in a header", _post(LENGTH + b"x-a: b\0c\r\n"), "400"),
    ("bare CR in a header", _post(LENGTH + b"x-a: b\rc\r\n"), "400"),
    ("bare CR ends a line", _post(LENGTH + b"x-a: b\r" + b"x-c: d\r\n"), "400"),
    ("bare LF ends the request line", _post(LENGTH, line=b"POST /graphql HTTP/1.1\n"), "400"),
    ("bare LF ends a header", _post(LENGTH + b"x-a: b\n"), "400"),
    ("bare LF ends the head", _post(LENGTH, b"")[:-2] + b"\n" + BODY, "400"),
    ("bare LF everywhere", _post(LENGTH).replace(b"\r\n", b"\n"), "400"),
    ("bare LF in a second, pipelined head", _post(LENGTH) + _post(LENGTH + b"x-a: b\n"), "200,400"),
    ("bare LF behind a rejected body", _post(LENGTH, line=b"PUT /graphql HTTP/1.1\r\n") + SECOND.replace(b"\r", b""), "405,400"),
    ("no Host", _post(LENGTH, host=b""), "400"),
    ("two Hosts", _post(LENGTH, host=b"host: %(host)s\r\nhost: %(host)s\r\n"), "400"),
    ("two differing Hosts", _post(LENGTH, host=b"host: %(host)s\r\nhost: evil.example\r\n"), "400"),
    ("bad Host", _post(LENGTH, host=b"host: a b/c@d\r\n"), "400"),
    ("empty Host", _post(LENGTH, host=b"host: \r\n"), "400 421 403"),
    ("foreign Host", _post(LENGTH, host=b"host: evil.example\r\n"), "421 403 400"),
    ("foreign absolute form", _post(LENGTH, line=b"POST http://evil.example/graphql HTTP/1.1\r\n"), "421 403 400"),
    ("Expect junk", _post(LENGTH + b"expect: junk\r\n"), "417 400"),
    ("space in the target", _post(LENGTH, line=b"POST /graph ql HTTP/1.1\r\n"), "400"),
    ("HTTP/1.2", _post(LENGTH, line=b"POST /graphql HTTP/1.2\r\n"), "400 505 200"),
    ("HTTP/3.0", _post(LENGTH, line=b"POST /graphql HTTP/3.0\r\n"), "400 505"),
    ("header without a colon", _post(LENGTH + b"x-a\r\n"), "400"),
    ("header without a name", _post(LENGTH + b": b\r\n"), "400"),
    ("unread body of 404", _post(SECOND_LENGTH, SECOND, line=b"POST /none HTTP/1.1\r\n"), "404 400"),
    ("GET with a body that is a request", b"GET /healthz HTTP/1.1\r\nhost: %(host)s\r\n" + SECOND_LENGTH + b"\r\n" + SECOND, "200"),
    ("Upgrade: h2c", _post(LENGTH + b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"), "200"),
    ("gzip body", _post(LENGTH + b"content-encoding: gzip\r\n"), "415"),
]
