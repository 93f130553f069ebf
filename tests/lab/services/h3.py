"""HTTP/3 by the programs that people use, in a Debian 13 of their own: Debian 12 builds curl and nginx without it.

Servers: nginx (its own QUIC), Caddy (quic-go), gtlsserver (ngtcp2). Clients: curl (OpenSSL's QUIC), Chromium (Google's), Firefox
(Mozilla's), gtlsclient (ngtcp2), which also speaks other versions, sends words before the handshake ends and changes ports.
"""

import base64
import hashlib
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.lab import practice
from tests.lab.lab import Node
from tests.lab.roots import Root
from tests.lab.services import web

ROOT = "h3"
PAGE = "<!doctype html><title>Page</title>" + "<p>Une page comme une autre.</p>" * 1_000
SITE = "/srv/site"
SLOW = 120.0  # seconds for a browser to start and end on a machine that does other things


def _system(host: Node, name: str = ROOT) -> Root:
    """Names are known beforehand, as to a browser that asked before the box was there: only QUIC's hello tells them."""
    root = Root(host, name)
    root.file(f"{SITE}/index.html", PAGE)
    root.file("/etc/lab/ca.pem", host.lab.authority.file.read_bytes())
    known = (f"{far.ipv4} {' '.join(far.names)}\n" for far in practice.OUTSIDE if far.names)
    root.file("/etc/hosts", "".join(known), more=True)
    return root


NGINX = """user root; daemon off; worker_processes 1; pid /run/nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{ access_log off; client_max_body_size 0; types {{ text/html html; }}
 server {{ listen {ip}:443 quic; http3 on; quic_retry {retry}; ssl_certificate /etc/lab/certificate.pem; ssl_certificate_key /etc/lab/key.pem;
  location / {{ root {site}; }}
  location /depot {{ proxy_pass http://127.0.0.1:8081; proxy_request_buffering on; }} }}
 server {{ listen 127.0.0.1:8081; location / {{ return 200 'recu'; }} }} }}
"""


def nginx(host: Node, *, retry: bool = False) -> Root:
    """A site that serves pages and swallows uploads; `retry`: it makes sure of the client's address first (RFC 9000, 8.1.2)."""
    root = _system(host)
    root.file("/etc/nginx/lab.conf", NGINX.format(ip=host.ip, site=SITE, retry="on" if retry else "off"))
    root.start("nginx", "-c", "/etc/nginx/lab.conf", "-e", "stderr", port=443, proto="udp")
    return root


CADDY = """{{
 admin off
 auto_https off
}}
https:// {{
 bind {ip}
 tls /etc/lab/certificate.pem /etc/lab/key.pem
 root * {site}
 route {{
  reverse_proxy /depot* 127.0.0.1:8081 {{
   buffer_requests
  }}
  file_server
 }}
}}
http://:8081 {{
 bind 127.0.0.1
 respond recu
}}
"""


def caddy(host: Node) -> None:
    """As `nginx`, with HTTP/1 and 2 beside it."""
    root = _system(host)
    root.file("/etc/caddy/lab", CADDY.format(ip=host.ip, site=SITE))
    root.start("caddy", "run", "--adapter", "caddyfile", "--config", "/etc/caddy/lab", port=443, proto="udp")


def gtlsserver(host: Node, *more: str) -> None:
    """A site that serves pages, and takes what is sent to it."""
    root = _system(host)
    argv = (
        "gtlsserver",
        "--quiet",
        *more,
        "--htdocs",
        SITE,
        host.ip,
        "443",
        "/etc/lab/key.pem",
        "/etc/lab/certificate.pem",
    )
    root.start(*argv, port=443, proto="udp")


class Curl:
    """curl on a host, which asks for HTTP/3 and nothing else."""

    def __init__(self, host: Node) -> None:
        self._root = _system(host)

    def _run(self, *argv: str) -> None:
        self._root.run("curl", "-sS", "-m", "60", "--http3-only", "--cacert", "/etc/lab/ca.pem", *argv)

    def get(self, address: str) -> None:
        self._run("-o", "/dev/null", address)

    def upload(self, address: str, size: int) -> None:
        """A browser's upload: a form with a file."""
        self._root.file("/srv/document.zip", web.noise(size))
        self._run(*web.LINE, "-F", "fichier=@/srv/document.zip", f"{address}/depot/envoi")

    def talk(self, site: str, turns: int, size: int) -> None:
        """Reads a page, sends something, and again, over one connection."""
        self._root.file("/srv/document.zip", web.noise(size))
        turn = (f"{site}/index.html", "-o", "/dev/null", "--next", "-sS", "-m", "60", "--http3-only", "--cacert", "/etc/lab/ca.pem",
                "-F", "fichier=@/srv/document.zip", f"{site}/depot/envoi", "-o", "/dev/null")  # fmt: skip
        again = ("--next", "-sS", "-m", "60", "--http3-only", "--cacert", "/etc/lab/ca.pem", *turn)
        self._run(*turn, *(word for _ in range(turns - 1) for word in again))


class GtlsClient:
    """gtlsclient on a host."""

    def __init__(self, host: Node) -> None:
        self._root = _system(host)

    def get(self, name: str, *more: str) -> None:
        self._run(name, *more)

    def upload(self, name: str, size: int, *more: str) -> None:
        self._root.file("/srv/document.zip", web.noise(size))
        self._run(name, "--http-method=POST", "--data=/srv/document.zip", *more)

    def _run(self, name: str, *more: str) -> None:
        options = ("--quiet", "--exit-on-all-streams-close", "--timeout=10s", *more)
        self._root.run("gtlsclient", *options, name, "443", f"https://{name}/index.html")


FORM = """<!doctype html><title>Depot</title><script>
for (let turn = 0; turn < {turns}; turn++) {{
 const ask = new XMLHttpRequest();
 ask.open("POST", "/depot/envoi", false);
 ask.send("x".repeat({size}));
}}
</script>"""


def form(site: Root, turns: int, size: int) -> None:
    """A page of a site that stands, whose script sends something when it is read."""
    site.file(f"{SITE}/form.html", FORM.format(turns=turns, size=size))


def chromium(host: Node, site: Root, name: str, page: str) -> None:
    """The browser of most people (Google's QUIC) reads a page."""
    pem = Path(f"{site.top}/etc/lab/certificate.pem").read_bytes()
    key = x509.load_pem_x509_certificate(pem).public_key()
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    trusted = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    host.run(
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={host.home}/chromium",
        "--disable-background-networking", "--disable-component-update", "--no-first-run", f"--origin-to-force-quic-on={name}:443",
        f"--host-resolver-rules=MAP {name} {site.ip}", f"--ignore-certificate-errors-spki-list={trusted}", "--dump-dom",
        f"https://{name}/{page}", patience=SLOW,
    )  # fmt: skip


POLICY = {"policies": {"Certificates": {"Install": ["/etc/lab/ca.pem"]}}}
PREFERENCES = """user_pref("network.http.http3.alt-svc-mapping-for-testing", "{name};h3=:443");
user_pref("network.http.http3.disable_when_third_party_roots_found", false);
"""


def firefox(host: Node, name: str, page: str) -> None:
    """Mozilla's browser (its own QUIC, which cuts the name in two) reads a page."""
    root = _system(host, "firefox")
    root.file("/etc/firefox/policies/policies.json", json.dumps(POLICY))
    root.file("/srv/profile/user.js", PREFERENCES.format(name=name))
    argv = ("firefox-esr", "--headless", "--profile", "/srv/profile", "--screenshot", "/srv/page.png")
    root.run("env", "HOME=/srv", *argv, f"https://{name}/{page}", patience=SLOW)
