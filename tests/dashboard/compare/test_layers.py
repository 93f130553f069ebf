"""What is taken of Wireshark's layers, from layers made by hand. Real ones are read in tests/test_oracle."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from dashboard.compare import FlowView, Kind, Views
from dashboard.compare.layers import READERS
from dashboard.compare.theirs import _take


@dataclass
class Layer:
    """As pyshark's: fields by name, each with what is shown and, in hex, what is on the wire."""

    layer_name: str
    shown: dict[str, list[str]] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)

    def get_field(self, name):
        found = self.shown.get(name)
        if found is None:
            return None
        return SimpleNamespace(all_fields=[SimpleNamespace(show=one, raw_value=self.raw.get(name)) for one in found])


def read(layer: Layer) -> FlowView:
    view = FlowView()
    READERS[layer.layer_name](layer, view)
    return view


def question(shown: str, wire: bytes, kind: str = "1") -> Layer:
    return Layer("dns", {"flags": ["0x0100"], "qry_name": [shown], "qry_type": [kind]}, {"qry_name": wire.hex()})


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (question("WWW.Example.fr", b"\3WWW\7Example\2fr\0"), "www.example.fr"),
        (question("j\ufffdger.fr", b"\5j\xe4ger\2fr\0"), "j\\xe4ger.fr"),
        (question("a.b.fr", b"\3a.b\2fr\0"), "a\\\\x2eb.fr"),
        (question("anna@cabinet.fr", b"\4anna\7cabinet\2fr\0"), "cabinet.fr"),
        (question("mail.fr", b"\4mail\xc0\x0c"), "mail.fr"),
        (question("CK" + "A" * 30, b"\x20CK" + b"A" * 30 + b"\0", "33"), "*"),
    ],
)
def test_a_name_as_it_was_asked(layer, name):
    assert read(layer).values[Kind.DNS_NAME] == {name}


def test_the_root_is_asked_for_by_no_name():
    view = read(question("<Root>", b"\0"))
    assert (view.values[Kind.PROTOCOL], view.values[Kind.DNS_NAME]) == ({"dns"}, set())


def test_commands_and_domains_and_no_local_part():
    lines = [
        "EHLO pc",
        "mail FROM:<canary@A.example> SIZE=3",
        "RCPT TO: <canary@b.example>",
        "AUTH PLAIN canary",
        "canary x",
        "DATA",
    ]
    view = read(Layer("smtp", {"command_line": lines, "response_code": ["354"]}))
    assert view.values[Kind.SMTP_COMMAND] == {
        *("ehlo", "mail", "rcpt", "auth", "other", "data"),
        *("mail from a.example", "rcpt to b.example", "auth plain", "body"),
    }


def packet(
    *layers: Layer, size: int = 60, captured: int = 60, proto: str = "udp", **transport: list[str]
) -> SimpleNamespace:
    ends = {"srcport": ["4000"], "dstport": ["53"]} | transport
    network = Layer("ip", {"src": ["192.0.2.1"], "dst": ["192.0.2.2"]})
    return SimpleNamespace(
        layers=[network, Layer(proto, ends), *layers], length=str(size), captured_length=str(captured)
    )


ASKED = question("a.fr", b"\1a\2fr\0")
MALFORMED, SHORT = Layer("_ws.malformed"), Layer("_ws.short")


def flow(*packets):
    views = Views()
    for each in packets:
        _take(each, views)
    (view,) = views.flows.values()
    return view


@pytest.mark.parametrize(
    ("packets", "sure", "doubtful"),
    [
        ([packet(ASKED)], True, False),
        ([packet(ASKED, MALFORMED)], False, True),
        ([packet(ASKED, MALFORMED), packet(ASKED)], True, True),
        ([packet(MALFORMED, proto="tcp"), packet(ASKED, proto="tcp")], False, True),
    ],
)
def test_what_stands_in_a_malformed_packet_is_doubtful_and_so_is_a_stream_behind_it(packets, sure, doubtful):
    view = flow(*packets)
    assert (bool(view.values[Kind.DNS_NAME]), bool(view.doubtful[Kind.DNS_NAME])) == (sure, doubtful)


@pytest.mark.parametrize(
    ("one", "gap"),
    [
        (packet(ASKED), False),
        (packet(ASKED, captured=50), True),
        (packet(ASKED, SHORT), True),
        (packet(ASKED, proto="tcp", completeness=["7"]), False),
        (packet(ASKED, proto="tcp", completeness=["12"]), True),
        (packet(ASKED, proto="tcp", completeness=["7"], analysis_lost_segment=["1"]), True),
    ],
)
def test_where_wireshark_says_that_bytes_are_missing(one, gap):
    assert flow(one).gap is gap
