"""Zeek's logs: its field names, its times, and nothing that privacy forbids."""

import json
from dataclasses import replace

import pytest

from sensor.store import zeek_logs
from sensor.store.zeek_logs import ZeekLogs
from sensor.track.observation import Conn, Device, Direction, Endpoint, Observation, Outer, Peer, Session
from sensor.wire.records import (
    Attachment,
    Dns,
    DnsAnswer,
    Fingerprint,
    Ftp,
    Http,
    Imap,
    Irc,
    Pop3,
    Quic,
    Rdp,
    Rfb,
    Smtp,
    Socks,
    Ssh,
    Ssl,
    Stun,
    Xmpp,
)
from sensor.wire.records_calls import Rtp
from sensor.wire.records_devices import Dhcp, Netbios, Ssdp

SECOND = 1_000_000_000


def conn(*, ended=True):
    return Conn(
        uid="C1",
        proto="tcp",
        orig=Endpoint("192.168.1.10", 40000, "00:11:22:33:44:55", local=True),
        resp=Endpoint("192.0.2.80", 443),
        first_ts=10 * SECOND,
        last_ts=12 * SECOND,
        orig_pkts=3,
        resp_pkts=2,
        orig_bytes=100,
        resp_bytes=200,
        orig_ip_bytes=220,
        resp_ip_bytes=280,
        state="SF",
        history="ShADadFf",
        services=("ssl",),
        proto_number=6,
        ended=ended,
    )


def seen(record, ts=11 * SECOND, group="own", port=443):
    on = replace(conn(), resp=Endpoint("192.0.2.80", port))
    device = Device("192.168.1.10", None, group=group)
    return Observation(ts, record, on, device, Peer("192.0.2.80", port), Direction.OUTBOUND)


def written(tmp_path, *records, names=False):
    with ZeekLogs(tmp_path, names=names) as logs:
        for record in records:
            logs.write(record if isinstance(record, Observation) else seen(record))
    return {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in tmp_path.glob("*.log")}


def test_a_connection_is_told_once_at_its_end(tmp_path):
    told = written(tmp_path, conn(ended=False), conn())
    assert list(told) == ["conn"]
    (line,) = told["conn"]
    assert line["ts"] == 10.0
    assert line["duration"] == 2.0
    assert (line["id.orig_h"], line["id.resp_p"], line["service"]) == ("192.168.1.10", 443, "ssl")
    assert (line["conn_state"], line["history"], line["orig_ip_bytes"]) == ("SF", "ShADadFf", 220)
    assert line["local_orig"] is True


@pytest.mark.parametrize(
    ("record", "log", "fields"),
    [
        (Ssl(version="TLSv13", server_name="a.example", established=True), "ssl", {"server_name": "a.example"}),
        (Http(method="GET", host="a.example", uri="/x", status_code=200), "http", {"uri": "/x", "status_code": 200}),
        (Ssh(version=2, client="SSH-2.0-a", server="SSH-2.0-b"), "ssh", {"client": "SSH-2.0-a", "version": 2}),
        (Rdp(selected="hybrid", result="confirmed"), "rdp", {"security_protocol": "hybrid"}),
        (Rfb(client_version="003.008"), "rfb", {"client_major_version": "003", "client_minor_version": "008"}),
        (
            Smtp(
                mailfrom_domain="cabinet.example",
                rcptto_domains=("labo.example",),
                last_reply_code=250,
                attachments=(Attachment("application/pdf", "pdf", 1000),),
            ),
            "smtp",
            {"mailfrom": "@cabinet.example", "rcptto": ["@labo.example"], "last_reply": "250", "tls": False},
        ),
    ],
)
def test_each_record_in_its_log(tmp_path, record, log, fields):
    told = written(tmp_path, record)
    assert fields.items() <= told[log][0].items()
    assert told[log][0]["uid"] == "C1"


@pytest.mark.parametrize(
    ("record", "log", "fields"),
    [
        (
            Pop3(command="RETR", rcptto_domains=("labo.example",), auth_mechanism="USER", auth_success=True, size=9),
            "pop3",
            {"command": "RETR", "rcptto": ["@labo.example"], "auth_mechanism": "USER", "auth_success": True, "size": 9},
        ),
        (Imap(command="APPEND", mailfrom_domain="a.example"), "imap", {"command": "APPEND", "mailfrom": "@a.example"}),
        (
            Quic("1", "a.example", ("h3", "h2")),
            "quic",
            {"version": "1", "server_name": "a.example", "client_protocol": "h3"},
        ),
        (
            Socks(5, "a.example", 22, granted=True),
            "socks",
            {"request.name": "a.example", "request_p": 22, "status": "succeeded"},
        ),
        (Socks(4, "192.0.2.9", 22), "socks", {"request.host": "192.0.2.9"}),
        (Ftp(password=True, stored=2), "ftp", {"password": True, "stored": 2, "tls": "none"}),
        (Irc(registered=True, messages=3), "irc", {"registered": True, "messages": 3}),
        (Xmpp("a.example", auth_mechanism="PLAIN"), "xmpp", {"server_name": "a.example", "auth_mechanism": "PLAIN"}),
        (Stun("binding", "coturn"), "stun", {"method": "binding", "software": "coturn"}),
        (Rtp(111, None, relayed=True), "rtp", {"orig_payload_type": 111, "relayed": True}),
        (Fingerprint("telnet", established=True), "fingerprint", {"app": "telnet", "established": True}),
        (Dhcp("ACK", mac="00:11:22:33:44:55", lease_time=60), "dhcp", {"msg_types": ["ACK"], "lease_time": 60.0}),
        (Ssdp("NOTIFY", "Toto/1", "upnp:rootdevice"), "ssdp", {"method": "NOTIFY", "target": "upnp:rootdevice"}),
    ],
)
def test_each_later_record_in_a_log_of_its_own(tmp_path, record, log, fields):
    told = written(tmp_path, record)
    assert fields.items() <= told[log][0].items()


OWN = [
    seen(Dhcp("REQUEST", host_name="PC-DE-MARIE", vendor_class="MARIE OS")),
    seen(Ssdp("NOTIFY", "MARIE OS")),
    seen(Netbios("pc-de-marie")),
    seen(Dns(1, is_response=False, query="pc-de-marie", qtype_name="A")),
    seen(Dns(2, is_response=False, query="pc-de-marie.local", qtype_name="A")),
    seen(Dns(3, is_response=False, query="pc-de-marie.autre", qtype_name="A"), port=5353),
    seen(Dns(4, True, "9.1.168.192.in-addr.arpa", "PTR", "NOERROR", (DnsAnswer("x", "PTR", "pc-de-marie.fr", 9),))),
    seen(Dns(5, True, "", "", "NOERROR", (DnsAnswer("_x._tcp.local", "PTR", "pc-de-marie", 9),)), port=5353),
]


def test_names_of_the_practices_own_machines_are_written_only_where_they_may_be_shown(tmp_path):
    def text(names):
        folder = tmp_path / str(names)
        assert set(written(folder, *OWN, names=names)) == {"dhcp", "ssdp", "netbios", "dns"}
        return "".join(file.read_text() for file in folder.iterdir()).lower()

    assert text(names=True).count("marie") == 9
    assert "marie" not in text(names=False)


def test_names_of_the_internet_are_written_in_any_case(tmp_path):
    (line,) = written(tmp_path, Dns(1, True, "a.example", "A", "NOERROR", (DnsAnswer("a.example", "A", "", 9),)))["dns"]
    assert (line["query"], line["answers"]) == ("a.example", ["A"])


def test_of_guests_only_connections_are_written(tmp_path):
    records = [seen(record, group="guest") for record in (Ssl(server_name="a.example"), conn(), Netbios("x"))]
    told = written(tmp_path, *records, names=True)
    assert set(told) == {"conn"}
    (line,) = told["conn"]
    assert (line["orig_ip_bytes"], line["guest"]) == (220, True)
    assert not {"id.orig_h", "id.resp_h", "id.resp_p", "service", "community_id", "local_orig"} & line.keys()


def test_a_connection_in_a_tunnel_says_so(tmp_path):
    carried = replace(conn(), outer=Outer("vxlan", "198.51.100.1", "198.51.100.2"))
    (line,) = written(tmp_path, carried)["conn"]
    assert (line["tunnel"], line["tunnel.orig_h"], line["tunnel.resp_h"]) == ("vxlan", "198.51.100.1", "198.51.100.2")
    (labelled,) = written(tmp_path, replace(conn(), outer=Outer("mpls", None, None)))["conn"]
    assert labelled["tunnel"] == "mpls"
    assert "tunnel.orig_h" not in labelled


def test_what_is_no_log_is_passed_over(tmp_path):
    session = Session("ssh", answered=True, established=True, started=0, duration=1, two_way=True, ended=True)
    assert written(tmp_path, session) == {}


def test_a_question_and_its_answer_are_one_line(tmp_path):
    ask = Dns(7, is_response=False, query="a.example", qtype_name="A")
    answer = Dns(7, True, "a.example", "A", "NOERROR", (DnsAnswer("a.example", "A", "192.0.2.1", 60),))
    told = written(tmp_path, seen(ask, 11 * SECOND), seen(answer, 11 * SECOND + SECOND // 2))["dns"]
    (line,) = told
    assert (line["ts"], line["rtt"], line["answers"], line["TTLs"]) == (11.0, 0.5, ["192.0.2.1"], [60.0])


def test_questions_nobody_answered_are_told_and_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(zeek_logs, "PENDING", 2)
    asks = [Dns(i, is_response=False, query=f"n{i}.example", qtype_name="A") for i in range(5)]
    told = written(tmp_path, *asks)["dns"]
    assert [line["query"] for line in told] == [f"n{i}.example" for i in range(5)]
    assert "rcode_name" not in told[0]
