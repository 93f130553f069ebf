"""HTTP/1 dialogues, whole, byte by byte and in every cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.http import ENOUGH, HttpReader, probe
from sensor.wire.records import Http
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, feed

GET = (
    b"GET /path;session=1?patient=durand#x HTTP/1.1\r\nHost: Example.FR:8080\r\nUser-Agent: tool/1\r\n"
    b"Cookie: secret\r\nReferer: http://x/\r\n\r\n"
)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"
ASKED = {"method": "GET", "host": "example.fr", "uri": "/path", "version": "1.1", "user_agent": "tool/1"}
ANSWERED = {"status_code": 200, "resp_mime_type": "text/html", "response_body_len": 5}
TOLD = Http(**ASKED, **ANSWERED)
END = [OrigEnd(), RespEnd(), Rest.DONE]


def request(line, *fields, body=b""):
    return b"\r\n".join((line + b" HTTP/1.1", b"Host: h", *fields, b"", body))


def response(line, *fields, body=b""):
    return b"\r\n".join((b"HTTP/1.1 " + line, *fields, b"", body))


def test_a_request_is_told_with_its_response():
    check(HttpReader, [Orig(GET), Resp(OK), TOLD, Orig(GET), Resp(OK), TOLD, *END])


def test_pipelined_requests_pair_in_order():
    head = request(b"HEAD /a")
    bare = response(b"200 OK", b"Content-Length: 900")
    check(
        HttpReader,
        [
            Orig(head + GET),
            Resp(bare + OK),
            Http(method="HEAD", host="h", uri="/a", version="1.1", status_code=200, response_body_len=900),
            TOLD,
            *END,
        ],
    )


@pytest.mark.parametrize("coding", [b"chunked", b"gzip, chunked"])
def test_chunked_bodies_are_skipped(coding):
    field = b"Transfer-Encoding: " + coding
    body = b"5;name=value\r\nGET /\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
    check(
        HttpReader,
        [
            Orig(request(b"POST /up", field, body=body) + GET),
            Resp(response(b"204 No Content") + response(b"200 OK", field, body=body) + OK),
            Http(method="POST", host="h", uri="/up", version="1.1", status_code=204),
            Http(**ASKED, status_code=200),
            Http(version="1.1", **ANSWERED),
            *END,
        ],
    )


def test_interim_answers_are_not_the_answer():
    check(
        HttpReader,
        [
            Orig(request(b"PUT /f", b"Expect: 100-continue", b"Content-Type: application/pdf", b"Content-Length: 3")),
            Resp(response(b"100 Continue")),
            Orig(b"pdf"),
            Resp(response(b"201 Created", b"Content-Length: 0")),
            Http(
                method="PUT",
                host="h",
                uri="/f",
                version="1.1",
                status_code=201,
                request_mime_type="application/pdf",
                request_body_len=3,
                response_body_len=0,
            ),
            *END,
        ],
    )


def test_upgrade_hands_over():
    check(
        HttpReader,
        [
            Orig(request(b"GET /chat", b"Upgrade: websocket", b"Connection: Upgrade")),
            Resp(response(b"101 Switching Protocols", b"Upgrade: WebSocket", body=b"\x81\x05hello")),
            Http(method="GET", host="h", uri="/chat", version="1.1", status_code=101, upgrade="websocket"),
            Handover(b"\x81\x85", b"\x81\x05hello"),
            Orig(b"\x81\x85"),
        ],
    )


def test_connect_hands_over():
    check(
        HttpReader,
        [
            Orig(b"CONNECT rdp.example.fr:3389 HTTP/1.1\r\n\r\nearly"),
            Resp(b"HTTP/1.0 200 Connection established\r\n\r\nlate"),
            Http(method="CONNECT", host="rdp.example.fr", version="1.1", status_code=200),
            Handover(b"early", b"late"),
        ],
    )


def test_a_refused_connect_does_not():
    check(
        HttpReader,
        [
            Orig(b"CONNECT h:1 HTTP/1.1\r\n\r\n"),
            Resp(response(b"407 No", b"Content-Length: 0")),
            Http(method="CONNECT", host="h", version="1.1", status_code=407, response_body_len=0),
            *END,
        ],
    )


def test_a_large_upload_does_not_wait_for_its_response():
    size = b"Content-Length: 200000"
    told = Http(method="POST", host="h", uri="/", version="1.1", request_body_len=200_000)
    check(
        HttpReader,
        [
            Orig(request(b"POST /", size)),
            told,
            OrigGap(200_000),
            Resp(response(b"200 OK", b"Content-Length: 0")),
            Orig(GET),
            Resp(OK),
            TOLD,
            *END,
        ],
    )


def test_a_connection_with_huge_bodies_is_not_read_to_its_end():
    size = b"Content-Length: %d" % (ENOUGH + 1)
    told = Http(
        method="GET",
        host="example.fr",
        uri="/path",
        version="1.1",
        user_agent="tool/1",
        status_code=200,
        response_body_len=ENOUGH + 1,
    )
    check(HttpReader, [Orig(GET), Resp(response(b"200 OK", size)), told, Rest.DONE])
    chunk = b"%x\r\n" % (ENOUGH + 1)
    up = Http(method="POST", host="h", uri="/", version="1.1")
    check(HttpReader, [Orig(request(b"POST /", b"Transfer-Encoding: chunked", body=chunk)), up, Rest.DONE])


def test_one_direction_is_enough():
    asked = Http(**ASKED)
    check(HttpReader, [Orig(GET * 4), Orig(GET), asked, OrigEnd(), *[asked] * 4, Rest.DONE])
    check(HttpReader, [Resp(OK), Http(version="1.1", **ANSWERED), RespEnd(), Rest.DONE])


def test_sides_are_told_by_their_first_lines():
    check(HttpReader, [Resp(GET), Orig(OK), TOLD, *END])


def test_an_answer_until_close_swallows_the_rest():
    told = Http(**ASKED, status_code=200)
    check(HttpReader, [Orig(GET), Resp(response(b"200 OK", body=OK)), told, RespGap(7), Resp(OK), *END])


def test_gaps_inside_bodies_do_not_matter():
    chunks = b"Transfer-Encoding: chunked"
    check(
        HttpReader,
        [
            Orig(GET),
            Resp(response(b"200 OK", b"Content-Length: 30")),
            Http(**ASKED, status_code=200, response_body_len=30),
            RespGap(30),
            Orig(GET),
            Resp(response(b"200 OK", chunks, body=b"1f\r\n")),
            Http(**ASKED, status_code=200),
            RespGap(31),
            Resp(b"\r\n0\r\n\r\n" + OK),
            Http(version="1.1", **ANSWERED),
            *END,
        ],
    )


def test_a_gap_elsewhere_loses_that_side_and_keeps_what_was_said():
    check(
        HttpReader,
        [
            Orig(GET[:80]),
            OrigGap(20),
            Resp(OK),
            Http(**(ASKED | {"user_agent": None}), **ANSWERED),
            Orig(GET),
            Resp(OK),
            Http(version="1.1", **ANSWERED),
            RespEnd(),
            Rest.DONE,
        ],
    )


def test_absolute_targets_name_the_host():
    check(
        HttpReader,
        [
            Orig(b"GET http://Doctor:pw@Host.example:80/x?y HTTP/1.0\r\n\r\n"),
            OrigEnd(),
            Http(method="GET", host="host.example", uri="/x", version="1.0"),
            Rest.DONE,
        ],
    )


def test_garbage_behind_a_head_does_not_lose_the_head():
    check(HttpReader, [Orig(GET + b"garbage\n"), Http(**ASKED), Rest.DONE])


@pytest.mark.parametrize(
    "data", [b"EHLO x\r\n", b"GET / HTTP/2.0\r\n\r\n", b"GET /\r\n", b"x" * 20_000, b"HTTP/1.1 abc\r\n"]
)
def test_what_is_no_http(data):
    check(HttpReader, [Orig(data), GiveUp], splits=len(data) < 100)


def test_a_head_is_bounded():
    reader = HttpReader()
    feed(reader, Orig(b"GET / HTTP/1.1\r\n"))
    outcomes = [feed(reader, Orig(b"X-%d: y\r\n" % n)) for n in range(600)]
    assert any(o != outcomes[0] for o in outcomes)


def test_waiting_requests_are_bounded():
    reader = HttpReader()
    feed(reader, Resp(OK))
    told = [r for _ in range(100) for r in getattr(feed(reader, Orig(GET)), "records", ())]
    assert (len(told), len(reader._pending)) == (68, 32)


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (GET, b"", Likeness.YES),
        (b"", OK, Likeness.YES),
        (GET, b"\x00\x01 not a head", Likeness.YES),
        (b"GET /very/long", b"", Likeness.YES),
        (b"GE", b"", Likeness.MAYBE),
        (b"CONNECT host", b"", Likeness.MAYBE),
        (b"CONNECT host:1 HTTP/1.1\r\n", b"", Likeness.YES),
        (b"X-METHOD /a HTTP/1.1\r\n", b"", Likeness.YES),
        (b"OPTIONS rtsp://x RTSP/1.0\r\n", b"", Likeness.NO),
        (b"OPTIONS sip:x", b"", Likeness.NO),
        (b"PRI * HTTP/2.0\r\n\r\n", b"", Likeness.NO),
        (b"POST", b"", Likeness.MAYBE),
        (b"220 mail\r\n", b"", Likeness.NO),
        (b"", b"HTTP/1.", Likeness.YES),
        (b"\x16\x03\x01", b"", Likeness.NO),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


PIECES = [
    GET,
    OK,
    response(b"101 x"),
    request(b"POST /", b"Transfer-Encoding: chunked"),
    b"ffff\r\n",
    b"0\r\n\r\n",
    b"-1\r\n",
]


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.one_of(st.sampled_from(PIECES), st.binary(max_size=40))), max_size=10))
def test_no_bytes_raise_anything_else(steps):
    reader = HttpReader()
    for from_orig, data in steps:
        probe(data, data)
        try:
            reader.data(data, from_orig=from_orig)
            reader.gap(len(data), from_orig=not from_orig)
        except ParseError:
            reader = HttpReader()
    reader.end(from_orig=True)
    reader.end(from_orig=False)
