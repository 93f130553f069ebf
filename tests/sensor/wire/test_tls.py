"""TLS dialogues, whole, byte by byte and in every cut: what is told, and when."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.records import Ssl
from sensor.wire.tls import TlsReader, probe
from sensor.wire.tls_hello import HELLO_RETRY
from tests.sensor.wire.dialogue import (
    Orig,
    OrigEnd,
    OrigGap,
    Resp,
    RespEnd,
    RespGap,
    check,
    feed,
    records,
)
from tests.sensor.wire.hellos import (
    alpn,
    certificate,
    chrome,
    client_hello,
    extension,
    handshake,
    record,
    server_hello,
    server_hello_13,
    sni,
    versions,
)
from tests.sensor.wire.made import self_signed

CCS = record(20, b"\x01")
OLD = client_hello(sni(b"mail.example.FR"), ciphers=(0xC02F,))
OLD_JA4 = "t12d010100_f06271c2b022_000000000000"
APPLICATION = record(23, bytes(40))


def ssl13(**changes):
    told = {
        "client_version": "TLSv13",
        "version": "TLSv13",
        "cipher": "1301",
        "server_name": "example.com",
        "client_alpn": ("h2", "http/1.1"),
        "established": True,
        "ja4": "t13d1516h2_8daaf6152771_e5627efa2ab1",
    }
    return Ssl(**(told | changes))


def ssl12(**changes):
    told = {
        "client_version": "TLSv12",
        "version": "TLSv12",
        "cipher": "c02f",
        "server_name": "mail.example.fr",
        "established": True,
        "ja4": OLD_JA4,
    }
    return Ssl(**(told | changes))


NOTHING_CHOSEN = {"version": None, "cipher": None, "established": False}


def test_tls13_is_told_with_the_server_hello():
    check(
        TlsReader,
        [
            Orig(record(22, chrome(), 0x0301)),
            Resp(record(22, server_hello_13())),
            ssl13(),
            Rest.DONE,
        ],
    )


def test_a_hello_may_span_records_and_share_one():
    hello = chrome()
    certificate_message = certificate(self_signed("pacs.example.fr", "Cabinet"))
    flight = server_hello(cipher=0xC02F) + certificate_message + handshake(14, b"")
    check(
        TlsReader,
        [
            Orig(record(22, OLD[:3]) + record(22, OLD[3:50]) + record(22, OLD[50:])),
            Resp(record(22, flight[:100]) + record(22, flight[100:])),
            Orig(record(22, handshake(16, bytes(33)))),
            Orig(CCS),
            ssl12(subject="pacs.example.fr", issuer="Cabinet"),
            Rest.DONE,
        ],
    )
    assert records(TlsReader, [Orig(record(22, hello)), OrigEnd()]) == [ssl13(**NOTHING_CHOSEN)]


@pytest.mark.parametrize("last", [OrigEnd(), OrigGap(1)])
def test_one_direction_is_enough(last):
    script = [Orig(record(22, chrome())), last]
    if isinstance(last, OrigGap):
        script.append(RespEnd())
    check(TlsReader, [*script, ssl13(**NOTHING_CHOSEN), Rest.DONE])


def test_the_server_alone_is_told_when_encryption_begins():
    check(
        TlsReader,
        [
            Resp(record(22, server_hello_13())),
            Resp(CCS),
            Ssl(version="TLSv13", cipher="1301"),
            Rest.DONE,
        ],
    )


def test_a_client_alone_is_told_once_it_goes_on():
    check(TlsReader, [Orig(record(22, chrome()) + CCS + APPLICATION * 4), ssl13(**NOTHING_CHOSEN), Rest.DONE])
    key = record(22, handshake(16, bytes(33)))
    check(TlsReader, [Orig(record(22, OLD)), Orig(key + CCS), ssl12(**NOTHING_CHOSEN), Rest.DONE])


def test_sides_are_told_by_their_hellos_when_the_capture_began_mid_way():
    check(TlsReader, [Resp(record(22, chrome())), Orig(record(22, server_hello_13())), ssl13(), Rest.DONE])


def test_early_data_does_not_hide_the_server_hello():
    check(
        TlsReader,
        [
            Orig(record(22, chrome()) + CCS + APPLICATION),
            Resp(record(22, server_hello_13())),
            ssl13(),
            Rest.DONE,
        ],
    )


def test_after_a_retry_both_hellos_come_anew():
    retry = server_hello(extension(43, b"\x03\x04"), random=HELLO_RETRY)
    check(
        TlsReader,
        [
            Orig(record(22, chrome(b"first.example"))),
            Resp(record(22, retry) + CCS),
            Orig(CCS + record(22, chrome())),
            Resp(record(22, server_hello_13(0x1302))),
            ssl13(cipher="1302"),
            Rest.DONE,
        ],
    )


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (b"", ssl12(**NOTHING_CHOSEN)),
        (record(22, server_hello(cipher=0xC02F)), ssl12(established=False)),
    ],
)
def test_a_fatal_alert_means_not_established(before, told):
    check(TlsReader, [Orig(record(22, OLD)), Resp(before + record(21, b"\x02\x28")), told, Rest.DONE])


def test_a_warning_does_not():
    warning = record(21, b"\x01\x70")
    flight = warning + record(22, server_hello(cipher=0xC02F)) + CCS
    check(TlsReader, [Orig(record(22, OLD)), Resp(flight), ssl12(), Rest.DONE])


def test_a_clients_certificate_is_told_apart_from_the_servers():
    client = record(22, certificate(self_signed("AnyDesk Client", None)) + handshake(16, bytes(33)))
    served = record(22, server_hello(cipher=0xC02F) + certificate(self_signed("pacs.example.fr", "Cabinet")))
    names = {"subject": "pacs.example.fr", "issuer": "Cabinet", "client_subject": "AnyDesk Client"}
    check(TlsReader, [Orig(record(22, OLD)), Resp(served), Orig(client), Orig(CCS), ssl12(**names), Rest.DONE])


def test_an_unreadable_certificate_costs_only_its_names():
    flight = server_hello(cipher=0xC02F) + certificate(b"\x30\x03abc") + handshake(14, b"")
    check(TlsReader, [Orig(record(22, OLD)), Resp(record(22, flight)), Orig(CCS), ssl12(), Rest.DONE])


def test_a_long_chain_is_skipped_behind_its_first_certificate():
    der = self_signed("pacs.example.fr", "Cabinet")
    flight = server_hello(cipher=0xC02F) + certificate(der, bytes(60_000)) + handshake(14, b"")
    cut = [record(22, flight[at : at + 16_000]) for at in range(0, len(flight), 16_000)]
    told = ssl12(subject="pacs.example.fr", issuer="Cabinet")
    check(TlsReader, [Orig(record(22, OLD)), Resp(b"".join(cut)), Orig(CCS), told, Rest.DONE], splits=False)


def test_a_gap_in_the_server_flight_waits_for_the_client():
    check(
        TlsReader,
        [
            Orig(record(22, OLD)),
            Resp(record(22, server_hello(cipher=0xC02F))),
            RespGap(900),
            Orig(record(22, handshake(16, bytes(33))) + CCS),
            ssl12(),
            Rest.DONE,
        ],
    )


def test_a_hello_that_was_cut_tells_what_it_has():
    cut = record(22, chrome())[:170]
    told = ssl13(**NOTHING_CHOSEN, client_version="TLSv12", ja4=None)
    assert records(TlsReader, [Orig(cut), OrigEnd()]) == [told]


def test_ech_is_noted():
    hello = client_hello(sni(b"cloudflare-ech.com"), extension(0xFE0D, b"\0" + bytes(40)), versions(0x0304))
    (told,) = records(TlsReader, [Orig(record(22, hello)), OrigEnd()])
    assert (told.ech, told.server_name) == (True, "cloudflare-ech.com")


V2_CLIENT = bytes.fromhex("802e0100020015000000100100800300800700c00600400200800400800000") + bytes(17)
V2_SERVER = bytes.fromhex("801b04000100020000000000100000") + bytes(14)


def test_ssl2_hellos():
    hello = b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10" + bytes(21) + bytes(16)
    told = Ssl(client_version="TLSv10", version="TLSv10", cipher="0035", established=True)
    flight = record(22, server_hello(version=0x0301, cipher=0x35), 0x0301)
    check(TlsReader, [Orig(hello), Resp(flight), Orig(CCS), told, Rest.DONE])
    v2 = b"\x80\x2e\x01\x00\x02" + hello[5:]
    answer = b"\x80\x1b\x04\x00\x01\x00\x02\x00\x00\x00\x00\x00\x10" + bytes(16)
    check(
        TlsReader, [Orig(v2), Resp(answer), Ssl(client_version="SSLv2", version="SSLv2", established=True), Rest.DONE]
    )


def test_a_stream_seen_after_its_hellos_is_tls_and_tells_nothing():
    check(TlsReader, [Resp(APPLICATION * 4), Rest.DONE])


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        record(22, b"\x01\x01\x00\x00"),
        b"\x16\x03\x01\xff\xff",
        b"\xff\xff\x01\x00\x02",
    ],
)
def test_what_is_no_tls_is_given_up(data):
    check(TlsReader, [Orig(data), GiveUp])


def test_nothing_read_is_a_give_up():
    check(TlsReader, [Orig(b"\x16\x03"), OrigEnd(), GiveUp])


def test_garbage_behind_a_hello_does_not_lose_the_hello():
    check(TlsReader, [Orig(record(22, chrome())), Resp(b"HTTP/1.0 400 no\r\n"), ssl13(**NOTHING_CHOSEN), Rest.DONE])


def test_the_buffer_is_bounded_whatever_lengths_are_announced():
    reader = TlsReader()
    feed(reader, Orig(record(22, b"\x01\x00\xff\xff" + bytes(16_000))))
    for _ in range(2_000):
        feed(reader, Resp(record(22, b"\x0b\x01\xff\xff" + bytes(16_000))))
        feed(reader, Resp(record(22, bytes(1_000))))
    assert all(len(side.messages._message) < 70_000 for side in reader._sides)


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (record(22, chrome()), b"", Likeness.YES),
        (b"", record(22, server_hello_13()), Likeness.YES),
        (record(22, chrome()), b"HTTP/1.1 400 Bad", Likeness.YES),
        (record(22, chrome())[:3], b"", Likeness.MAYBE),
        (APPLICATION, b"", Likeness.YES),
        (APPLICATION, b"220 mail", Likeness.NO),
        (CCS + record(22, bytes(40)), b"", Likeness.YES),
        (CCS + b"garbage-garbage", b"", Likeness.NO),
        (V2_CLIENT[:2], b"", Likeness.NO),
        (b"GET / HTTP/1.1\r\n", b"", Likeness.NO),
        (b"\x16\x03\x01\x00\x02\x01\x00", b"", Likeness.NO),
        (b"\x17\x03\x03\xff\xff", b"", Likeness.NO),
        (b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10", b"", Likeness.YES),
        (b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x11", b"", Likeness.NO),
        (b"\x03\x00\x00\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0", b"", Likeness.NO),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


GOOD = st.sampled_from(
    [record(22, chrome()), record(22, OLD), record(22, server_hello_13()), CCS, APPLICATION, record(21, b"\x02\x28"),
     record(22, server_hello(cipher=0xC02F) + certificate(b"0\x80")), V2_CLIENT, V2_SERVER]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.one_of(GOOD, st.binary(max_size=80)), st.integers(0, 400)), max_size=8))
def test_no_bytes_raise_anything_else(steps):
    reader = TlsReader()
    for from_orig, data, flip in steps:
        changed = bytearray(data)
        if flip < len(changed):
            changed[flip] ^= 0x55
        probe(bytes(changed), data)
        try:
            reader.data(bytes(changed), from_orig=from_orig)
        except ParseError:
            reader = TlsReader()
    reader.end(from_orig=True)
    reader.end(from_orig=False)


@settings(deadline=None)
@given(st.lists(st.sampled_from([alpn(b"h2"), sni(b"a"), versions(0x0304), extension(13), extension(16, b"\xff")])))
def test_any_mix_of_extensions_is_one_record(extensions):
    assert len(records(TlsReader, [Orig(record(22, client_hello(*extensions))), OrigEnd()])) == 1
