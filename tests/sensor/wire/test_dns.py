"""DNS messages made by scapy and by hand: what is told, what is refused, nothing that loops."""

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRMX, DNSRRSRV

from sensor.wire import Events, GiveUp, Likeness, ParseError, Rest
from sensor.wire.dns import MOST_ANSWERS, DnsReader, probe_datagram, probe_stream, read_datagram, read_message
from sensor.wire.records import Dns, DnsAnswer
from tests.sensor.wire.dialogue import Orig, OrigEnd, Resp, RespEnd, RespGap, check
from tests.sensor.wire.hellos import v16
from tests.sensor.wire.test_netbios import encoded

QUERY = bytes(DNS(id=7, rd=1, qd=DNSQR(qname="Web.Example.FR", qtype="AAAA")))
ANSWER = bytes(
    DNS(
        id=7,
        qr=1,
        qd=DNSQR(qname="web.example.fr"),
        an=[
            DNSRR(rrname="web.example.fr", type="CNAME", rdata="cdn.example.net", ttl=60),
            DNSRR(rrname="cdn.example.net", type="A", rdata="192.0.2.7", ttl=30),
            DNSRR(rrname="cdn.example.net", type="AAAA", rdata="2001:db8::7", ttl=30),
            DNSRR(rrname="7.2.0.192.in-addr.arpa", type="PTR", rdata="host.example.net", ttl=5),
            DNSRRMX(rrname="example.fr", exchange="mx.example.fr", ttl=9),
            DNSRRSRV(rrname="_sip._tcp.example.fr", target="sip.example.fr", ttl=8),
            DNSRR(rrname="example.fr", type="TXT", rdata=b"v=spf1 Monsieur Durand", ttl=7),
        ],
    )
)
ASKED = Dns(trans_id=7, is_response=False, query="web.example.fr", qtype_name="AAAA")
TOLD = Dns(
    trans_id=7,
    is_response=True,
    query="web.example.fr",
    qtype_name="A",
    rcode_name="NOERROR",
    answers=(
        DnsAnswer("web.example.fr", "CNAME", "cdn.example.net", 60),
        DnsAnswer("cdn.example.net", "A", "192.0.2.7", 30),
        DnsAnswer("cdn.example.net", "AAAA", "2001:db8::7", 30),
        DnsAnswer("7.2.0.192.in-addr.arpa", "PTR", "host.example.net", 5),
        DnsAnswer("example.fr", "MX", "mx.example.fr", 9),
        DnsAnswer("_sip._tcp.example.fr", "SRV", "sip.example.fr", 8),
        DnsAnswer("example.fr", "TXT", "", 7),
    ),
)


def message(*parts, flags=0x8180, counts=(1, 1, 0, 0)):
    return struct.pack(">HH4H", 1, flags, *counts) + b"".join(parts)


def question(name, kind=1, klass=1):
    return name + struct.pack(">HH", kind, klass)


def answer(name, kind, data, ttl=60, klass=1):
    return name + struct.pack(">HHI", kind, klass, ttl) + v16(data)


NAME = b"\x01a\x02fr\x00"
POINTER = b"\xc0\x0c"


def test_a_query_and_its_answer():
    assert read_datagram(QUERY, from_orig=True) == Events((ASKED,))
    assert read_datagram(ANSWER, from_orig=False) == Events((TOLD,))


def test_https_tells_its_target_and_its_addresses():
    hints = struct.pack(">HH", 1, 3) + b"\x02h2" + struct.pack(">HH", 4, 8) + bytes((192, 0, 2, 1, 192, 0, 2, 2))
    hints += struct.pack(">HH", 6, 16) + bytes(15) + b"\x01"
    data = b"\0\1" + b"\x03cdn\x00" + hints
    told = read_message(message(question(NAME, 65), answer(POINTER, 65, data)))
    assert [(a.type_name, a.data) for a in told.answers] == [
        ("HTTPS", "cdn"),
        ("HTTPS", "192.0.2.1"),
        ("HTTPS", "192.0.2.2"),
        ("HTTPS", "::1"),
    ]


HOST, USER, GROUP = (b"\x20" + encoded("PC", kind) + b"\0" for kind in (0x00, 0x03, 0x1E))
ADDRESS = bytes((192, 168, 1, 31))


def test_a_netbios_registration_tells_the_host_that_registers():
    told = read_message(
        message(question(HOST, 32), answer(POINTER, 32, b"\x60\0" + ADDRESS), flags=0x2910, counts=(1, 0, 0, 1))
    )
    assert (told.query, told.additionals) == ("pc", (DnsAnswer("pc", "NB", "192.168.1.31", 60),))


@pytest.mark.parametrize(
    ("name", "shown", "flags"), [(USER, "", b"\0\0"), (GROUP, "pc", b"\0\0"), (HOST, "pc", b"\x80\0")]
)
def test_netbios_names_of_users_and_groups_are_nobodys(name, shown, flags):
    told = read_message(
        message(question(name, 32), answer(POINTER, 32, flags + ADDRESS), flags=0x2910, counts=(1, 0, 0, 1))
    )
    assert (told.query, told.additionals) == (shown, (DnsAnswer(shown, "NB", "", 60),))


def test_a_netbios_table_tells_the_machines_own_name_only():
    entries = [(b"PC-ACCUEIL", 0, 4), (b"CABINET", 0, 0x84), (b"MARIE.DURAND", 3, 4), (b"PC-ACCUEIL", 0x20, 4)]
    table = b"".join(name.ljust(15) + bytes([kind, flags, 0]) for name, kind, flags in entries)
    star = b"\x20" + b"CK" + b"A" * 30 + b"\0"
    data = message(answer(star, 33, bytes([4]) + table + bytes(46)), flags=0x8400, counts=(0, 1, 0, 0))
    assert read_message(data).answers == (DnsAnswer("*", "NBSTAT", "pc-accueil", 60),)
    cut = message(answer(star, 33, bytes([200]) + table[:30]), flags=0x8400, counts=(0, 1, 0, 0))
    assert [a.data for a in read_message(cut).answers] == ["pc-accueil"]


def test_an_inverse_query_has_an_answer_and_no_question():
    told = read_message(bytes.fromhex("77fc0900000000010000000001610000010001000000000000"))
    assert (told.query, told.qtype_name, [answer.name for answer in told.answers]) == ("", "", ["a"])


@pytest.mark.parametrize(("code", "name"), [(3, "NXDOMAIN"), (5, "REFUSED"), (15, "RCODE15")])
def test_response_codes(code, name):
    told = read_message(message(question(NAME), flags=0x8180 | code, counts=(1, 0, 0, 0)))
    assert told.rcode_name == name


def test_mdns_has_no_question_and_a_flag_on_the_class():
    told = read_message(message(answer(NAME, 1, bytes(4), klass=0x8001), flags=0x8400, counts=(0, 1, 0, 0)))
    assert (told.query, told.qtype_name, told.answers[0].data) == ("", "", "0.0.0.0")


def test_edns_and_other_sections_are_passed_over():
    opt = b"\0" + struct.pack(">HHIH", 41, 4096, 0x8000, 0)
    data = message(question(NAME), answer(POINTER, 2, NAME), opt, counts=(1, 0, 1, 1))
    assert read_message(data).answers == read_message(data).additionals == ()


def test_addresses_beside_the_answer_are_kept_for_mdns():
    data = message(
        question(NAME, 12),
        answer(POINTER, 12, NAME),
        answer(NAME, 1, ADDRESS),
        answer(NAME, 16, b"x"),
        counts=(1, 1, 0, 2),
    )
    assert read_message(data).additionals == (DnsAnswer("a.fr", "A", "192.168.1.31", 60),)


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        (b"\x04a\x1b.B\x00", "a\\x1b\\\\x2eb"),
        (b"\x00", ""),
        (b"\x3f" + b"x" * 63 + b"\x00", "x" * 63),
    ],
)
def test_names_are_lower_case_and_escaped(wire, name):
    assert read_message(message(question(wire), counts=(1, 0, 0, 0))).query == name


LONG = (b"\x3f" + b"x" * 63) * 4 + b"\x00"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        QUERY[:-1],
        QUERY + b"\0",
        message(question(POINTER), counts=(1, 0, 0, 0)),
        message(question(b"\xc0\x0e"), b"\xc0\x0c", counts=(1, 0, 0, 0)),
        message(question(b"\x01a\xc0\x0c"), counts=(1, 0, 0, 0)),
        message(question(b"\xff\xff"), counts=(1, 0, 0, 0)),
        message(question(LONG), counts=(1, 0, 0, 0)),
        message(question(b"\x40" + b"x" * 64 + b"\0"), counts=(1, 0, 0, 0)),
        message(question(NAME), counts=(1, 9, 0, 0)),
        message(question(NAME, klass=77), counts=(1, 0, 0, 0)),
        message(question(NAME, kind=0), counts=(1, 0, 0, 0)),
        message(question(NAME), answer(POINTER, 1, bytes(4), klass=99)),
        message(question(NAME), flags=0x8980 | 0x1000, counts=(1, 0, 0, 0)),
        message(question(NAME), flags=0x0140, counts=(1, 0, 0, 0)),
        message(question(NAME), flags=0x0103, counts=(1, 0, 0, 0)),
        message(counts=(0, 0, 0, 0)),
        message(*([question(NAME)] * 33), counts=(33, 0, 0, 0)),
    ],
)
def test_what_is_refused(data):
    with pytest.raises(ParseError):
        read_message(data)
    assert isinstance(read_datagram(data, from_orig=True), GiveUp)
    assert probe_datagram(data, b"") in (Likeness.NO, Likeness.MAYBE)


def test_kept_answers_are_bounded():
    data = message(question(NAME), *[answer(POINTER, 1, bytes(4))] * 3_000, counts=(1, 3_000, 0, 0))
    assert len(read_message(data).answers) == MOST_ANSWERS


def test_a_pyramid_of_pointers_is_no_more_than_a_name():
    names = b"\x3f" + b"x" * 63 + b"\x00" + b"".join(b"\x01y\xc0" + bytes([at]) for at in range(12, 60, 4))
    with pytest.raises(ParseError):
        read_message(message(names, counts=(1, 0, 0, 0)))


def test_over_tcp():
    check(
        DnsReader,
        [
            Orig(v16(QUERY) + v16(QUERY)),
            ASKED,
            ASKED,
            Resp(v16(ANSWER)),
            TOLD,
            OrigEnd(),
            RespEnd(),
            Rest.DONE,
        ],
    )


def test_over_tcp_a_gap_loses_one_side_only():
    check(
        DnsReader,
        [Resp(v16(ANSWER)), TOLD, RespGap(3), Orig(v16(QUERY)), ASKED, Resp(b"\xff\xff"), OrigEnd(), Rest.DONE],
    )


def test_over_tcp_garbage_is_given_up():
    check(DnsReader, [Resp(v16(ANSWER)), TOLD, Resp(v16(b"garbage")), GiveUp])


@pytest.mark.parametrize(
    ("data", "likeness"),
    [
        (v16(QUERY), Likeness.YES),
        (v16(QUERY)[:10], Likeness.MAYBE),
        (v16(QUERY)[:-5], Likeness.MAYBE),
        (v16(ANSWER)[:80], Likeness.YES),
        (v16(ANSWER[:-1]), Likeness.NO),
        (b"GET / HTTP/1.1\r\nHost: example.fr\r\n", Likeness.NO),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32), Likeness.NO),
        (b"220 mail.example.fr ESMTP\r\n", Likeness.NO),
        (bytes(40), Likeness.NO),
    ],
)
def test_probe_stream(data, likeness):
    assert probe_stream(data, b"") is likeness


def test_random_datagrams_are_not_dns():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    taken = sum(probe_datagram(chance.randbytes(20 + n % 200), b"") is Likeness.YES for n in range(20_000))
    assert taken == 0


@settings(deadline=None)
@given(st.sampled_from([QUERY, ANSWER]), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4))
def test_no_changed_bytes_raise_anything_else(data, changes):
    changed = bytearray(data)
    for at, value in changes:
        changed[at % len(changed)] = value
    try:
        told = read_message(bytes(changed))
    except ParseError:
        return
    assert all(len(a.name) <= 255 and len(a.data) <= 255 for a in told.answers)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    read_datagram(data, from_orig=True)
    probe_stream(data, data)
