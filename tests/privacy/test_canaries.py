"""What privacy forbids is planted in every protocol that is read, and searched in every byte that Vigie writes. Found: 0.

Planted: subjects, attachments' names, words of bodies, local parts, passwords, users, cookies, queries, referers, form fields, TXT
records; nicks, channels and texts of chats, callers, users and what they type in `later`. Searched: what `vigie inspect` prints (JSON, reports in both languages, statistics, complaints) and its Zeek logs, the store
with its pages free or not and its WAL, open and closed, and every page and answer of the dashboard. `test_search` is about the search itself.
"""

import base64
import json
import logging
import quopri
import subprocess
import sys
import zlib
from zoneinfo import ZoneInfo

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR

from dashboard.privacy import Privacy
from dashboard.sources.local import LocalSource
from dashboard.web import WebSettings, create_app, new_link
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.settings import load
from sensor.store import WatchStore
from tests.privacy import later
from tests.privacy.conversations import LOCAL_SERVER, C, S, capture, imap, message, pop3, smtp, tcp, udp
from tests.privacy.search import found

PARIS = ZoneInfo("Europe/Paris")
INSPECT = "from dashboard.cli import main; main()"


LATER = (
    "smtp_dialogue",
    "pop3",
    "imap",
    "ftp",
    "socks",
    "irc",
    "xmpp",
    "fingerprint",
    "stun",
    "dhcp",
    "ssdp",
    "netbios",
)

KNOWN = {"webmail.example.org", "application/pdf", "192.168.1.20"}
"""What may be told, and must be: else the search looked at nothing."""


class Canaries:
    """Words that are planted: `words("subject")` makes one that no other place has."""

    def __init__(self):
        self.words = set()

    def __call__(self, place):
        word = f"qzv{place}{len(self.words):03d}kx"
        self.words.add(word)
        return word


def document(canary, encoding="base64"):
    """A part whose name and content are planted."""
    name, inside = canary("attname"), canary("attbody")
    disposition = f'Content-Disposition: attachment;\r\n filename="{name}.{canary("attdot")}.pdf"'
    fields = f'Content-Type: application/pdf;\r\n name="=?utf-8?Q?{canary("attword")}=2Epdf?="\r\n{disposition}'
    content = f"%PDF-1.4\r\n{inside}\r\n".encode() * 30
    body = base64.encodebytes(content).replace(b"\n", b"\r\n") if encoding == "base64" else content
    return f"{fields}\r\nContent-Transfer-Encoding: {encoding}".encode(), body


def written(canary, *parts):
    """A mail full of words that nobody may keep."""
    return message(
        *parts,
        to=f'"{canary("toname")}" <{canary("tolocal")}@example.org>',
        subject=f"{canary('subject')} =?utf-8?B?{base64.b64encode(canary('subjectword').encode()).decode()}?=",
        body=quopri.encodestring(f"{canary('body')} é {canary('bodyend')}".encode()).decode(),
    ).replace(b"<b@", f"<{canary('fromlocal')}@".encode())


def sent(canary, *parts):
    secret = base64.b64encode(f"\0{canary('authuser')}\0{canary('authpass')}".encode())
    plain = [C(b"AUTH PLAIN " + secret + b"\r\n"), S(b"235 ok\r\n")]
    said = smtp(written(canary, *parts), to=f"{canary('rcptlocal')}@example.org", auth=plain)
    return [Says_(one, b"<b@", f"<{canary('maillocal')}@".encode()) for one in said]


def Says_(one, old, new):  # noqa: N802 - a Says with other words
    return type(one)(one.data.replace(old, new), one.client) if one.data.startswith(b"MAIL") else one


def browsing(canary):
    boundary = b"--B7\r\nContent-Disposition: form-data; "
    field = f'name="{canary("field")}"\r\n\r\n{canary("value")}\r\n'.encode()
    file = f'name="f"; filename="{canary("upname")}.pdf"\r\nContent-Type: application/pdf\r\n\r\n{canary("upbody")}\r\n'
    form = boundary + field + boundary + file.encode() + b"--B7--\r\n"
    post = (
        f"POST /roundcube/?_s={canary('query')} HTTP/1.1\r\nHost: webmail.example.org\r\nCookie: sid={canary('cookie')}\r\n"
        f"Authorization: Basic {base64.b64encode((canary('webuser') + ':' + canary('webpass')).encode()).decode()}\r\n"
        f"Referer: http://webmail.example.org/{canary('referer')}\r\nContent-Type: multipart/form-data; boundary=B7\r\n"
        f"Content-Length: {len(form)}\r\n\r\n"
    )
    saved = (
        f"GET /roundcube/{canary('downpath')}.pdf?x={canary('downquery')} HTTP/1.1\r\nHost: webmail.example.org\r\n\r\n"
    )
    answer = (
        f"HTTP/1.1 200 OK\r\nSet-Cookie: {canary('setcookie')}=1\r\nContent-Type: application/pdf\r\nContent-Disposition: "
        f'attachment; filename="{canary("downname")}.pdf"\r\nContent-Length: 40\r\n\r\n'
    )
    plain = f"a={canary('plainvalue')}"
    login = f"POST /login HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: {len(plain)}\r\n\r\n{plain}"
    page = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n{canary('page')}".ljust(94, "x")
    return [
        C(post.encode() + form),
        S(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        C(saved.encode()),
        S(answer.encode() + canary("downbody").encode().ljust(40, b".")),
        C(login.encode()),
        S(page.encode()),
    ]


def packed(canary):
    """A dialogue of IMAP that goes on compressed (RFC 4978)."""
    said = imap(written(canary, document(canary)), user=canary("zuser"), password=canary("zpass"))
    deflate = [zlib.compressobj(6, zlib.DEFLATED, -15) for _ in range(2)]

    def squeezed(one):
        engine = deflate[one.client]
        return type(one)(engine.compress(one.data) + engine.flush(zlib.Z_SYNC_FLUSH), one.client)

    ask = [C(b"c0 COMPRESS DEFLATE\r\n"), S(b"c0 OK\r\n")]
    return [*said[:3], *ask, *map(squeezed, said[3:])]


def ftp(canary):
    return [
        S(b"220 ready\r\n"),
        C(f"USER {canary('ftpuser')}\r\n".encode()),
        S(b"331 pass\r\n"),
        C(f"PASS {canary('ftppass')}\r\n".encode()),
        S(b"230 in\r\n"),
        C(f"STOR {canary('ftpname')}.pdf\r\n".encode()),
        S(b"150 go\r\n226 done\r\n"),
        C(b"QUIT\r\n"),
        S(b"221 bye\r\n"),
    ]


def rdp(canary):
    cookie = f"Cookie: mstshash={canary('rdpuser')}\r\n".encode() + bytes.fromhex("01000800") + b"\x03\0\0\0"
    x224 = bytes((6 + len(cookie), 0xE0, 0, 0, 0, 0, 0)) + cookie
    ask = b"\x03\0" + (len(x224) + 4).to_bytes(2, "big") + x224
    return [C(ask), S(bytes.fromhex("0300001306d000001234000200080001000000")), C(b"\x16\x03\x01\0\x02xx")]


def vnc(canary):
    name = canary("desktop").encode()
    init = b"\x04\x00\x03\x00" + bytes.fromhex("20180001 00ff00ff00ff 100800000000".replace(" ", ""))
    return [
        S(b"RFB 003.008\n"),
        C(b"RFB 003.008\n"),
        S(b"\x01\x02"),
        C(b"\x02"),
        S(b"0123456789abcdef"),
        C(canary("vncpass").encode()[:16]),
        S(b"\0\0\0\0"),
        C(b"\x01"),
        S(init[:20].ljust(20, b"\0") + len(name).to_bytes(4, "big") + name),
    ]


def dns(canary):
    question = DNSQR(qname="www.example.org", qtype="TXT")
    text = DNSRR(rrname="www.example.org", type="TXT", rdata=canary("txt").encode(), ttl=60)
    return bytes(DNS(id=7, qd=question)), bytes(DNS(id=7, qr=1, qd=question, an=text))


def film(canary):
    """Everything that is planted, as packets."""
    name, value = document(canary)
    binary = document(canary, "binary")
    says = [
        (sent(canary), {"port": 25}),
        (sent(canary, document(canary)), {"port": 587}),
        (sent(canary, (name, value), binary), {"port": 25, "server": LOCAL_SERVER}),
        (pop3(written(canary, document(canary)), user=canary("popuser"), password=canary("poppass")), {"port": 110}),
        (imap(written(canary, document(canary)), user=canary("imapuser"), password=canary("imappass")), {"port": 143}),
        (imap(written(canary), user=canary("imapuser"), password=canary("imappass")), {"port": 1143}),
        (packed(canary), {"port": 143}),
        (browsing(canary), {"port": 80}),
        (ftp(canary), {"port": 21}),
        (rdp(canary), {"port": 3389}),
        (vnc(canary), {"port": 5900}),
        (later.socks(canary), {"port": 1080}),
        (later.irc(canary), {"port": 6667}),
        (later.xmpp(canary), {"port": 5222}),
        (later.telnet(canary), {"port": 23}),
        (later.rlogin(canary), {"port": 513}),
    ]
    packets = [packet for n, (said, how) in enumerate(says) for packet in tcp(said, at=n * 2.0, **how)]
    for n, (data, port) in enumerate(later.datagrams(canary)):
        packets += udp(data, b"", port=port, at=40.0 + n)
    return packets + udp(*dns(canary), at=30.0)


@pytest.fixture(scope="module")
def canary():
    return Canaries()


@pytest.fixture(scope="module")
def planted(canary, tmp_path_factory):
    path = capture(tmp_path_factory.mktemp("planted") / "canaries.pcap", film(canary))
    assert len(canary.words) > 100
    return path


def test_what_inspect_writes(canary, planted, tmp_path):
    said = b""
    for n, more in enumerate((["--json", "--explain", "all"], ["--lang", "fr"], ["--lang", "en"])):
        out = tmp_path / str(n)
        out.mkdir()
        ways = ["--logs", str(out / "logs"), "--stats", str(out / "stats.json")]
        command = [sys.executable, "-c", INSPECT, "inspect", *more, *ways, str(planted)]
        run = subprocess.run(command, capture_output=True, check=True, timeout=120)
        said += run.stdout + run.stderr
        logs = {path.name: path.read_bytes() for path in (out / "logs").iterdir()}
        assert {"conn.log", "dns.log", "http.log", "smtp.log", "rdp.log", "rfb.log"} <= set(logs)
        assert {f"{name}.log" for name in LATER} <= set(logs)
        said += (out / "stats.json").read_bytes() + b"".join(logs.values())
    apps = {json.loads(line)["app"] for line in said.splitlines() if line.startswith(b'{"id"')}
    assert {"smtp", "pop3", "imap", "http", "vnc"} <= apps
    assert found(said, KNOWN) == KNOWN
    assert found(said, canary.words) == set()


def test_what_is_stored_and_shown(canary, planted, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    kept = b""
    with WatchStore(tmp_path) as store:
        chain = Chain(load(None, None), seed=1)
        for alerts in chain.run(open_capture(planted)):
            store.upsert(alerts)
            store.add_series(chain.take_series())
        store.flush(chain.stats().last_packet, force=True)
        assert (tmp_path / "watch" / "vigie.db-wal").stat().st_size > 0
        kept += every_byte(tmp_path)
        shown = b"".join(pages(tmp_path, chain.stats().last_packet))
    kept += every_byte(tmp_path)
    assert found(kept, KNOWN) == found(shown, KNOWN) == KNOWN
    assert found(kept + shown + caplog.text.encode(), canary.words) == set()


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def pages(state, now):
    """Every page and answer, for each alert and in both languages."""
    settings = WebSettings(secret=b"s" * 32, privacy=Privacy(b"k" * 32, full=True), now=lambda: now, bearer="b" * 64)
    app = create_app(LocalSource(state, PARIS), settings)
    client = app.test_client()
    assert client.get(new_link(app, "")).status_code == 303
    told = client.get("/api/v1/alerts").json
    ids = [alert["id"] for alert in (told["alerts"] if isinstance(told, dict) else told)]
    assert len(ids) >= 8
    ways = ["/", "/traffic", "/live/strip", "/live/alerts", "/live/traffic", "/api/v1/alerts", "/api/v1/coverage"]
    ways += [f"{way}/{one}" for one in ids for way in ("/alerts", "/live/alerts", "/api/v1/alerts")]
    for way in ways:
        for lang in ("fr", "en"):
            answer = client.get(f"{way}?lang={lang}")
            assert answer.status_code == 200, way
            yield answer.data
