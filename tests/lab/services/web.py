"""Web sites (nginx) and what people and programs do with them (curl)."""

import random
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node


def nginx(host: Node, *, plain: bool = False) -> None:
    """A site that serves pages and swallows uploads; TLS with HTTP/2, with `plain` also port 80."""
    pair = host.certificate()
    pages = host.home / "pages"
    host.file("pages/index.html", "<!doctype html><title>Page</title>" + "<p>Une page comme une autre.</p>" * 400)
    listens = [f"listen {host.ip}:443 ssl http2;"]
    listens += [f"listen [{host.host.ipv6}]:443 ssl http2;"] if host.host.ipv6 else []
    listens += [f"listen {host.ip}:80;"] if plain else []
    conf = host.file(
        "nginx.conf",
        f"user root; daemon off; worker_processes 1; pid {host.home}/nginx.pid; error_log stderr;\n"
        "events { worker_connections 256; }\n"
        f"http {{ access_log off; client_max_body_size 0; client_body_temp_path {host.home}/body; proxy_temp_path {host.home}/proxy;\n"
        "types { text/html html; }\n"
        f" server {{ {' '.join(listens)} ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};\n"
        f"  location / {{ root {pages}; }}\n"
        "  location /depot { proxy_pass http://127.0.0.1:8081; proxy_request_buffering on; } }\n"
        " server { listen 127.0.0.1:8081; location / { return 200 'recu'; } } }\n",
    )
    host.start("nginx", "-c", conf, "-e", "stderr", port=443)


def page(host: Node, name: str, size: int) -> None:
    """A file to be fetched from the site of `host`."""
    host.file(f"pages/{name}", noise(size))


def noise(size: int) -> bytes:
    """Bytes that do not compress, the same each time, with a canary at the start."""
    return canaries.BODY.encode() + random.Random(11).randbytes(size)


def document(host: Node, size: int) -> Path:
    return host.file(f"{canaries.FILE}.zip", noise(size))


LINE = ("--limit-rate", "6M")  # a practice's line, not a memory bus: the recorder keeps up


def upload(host: Node, address: str, size: int, *more: str) -> str:
    """A browser's upload: a form with a file."""
    file = document(host, size)
    return host.run(
        "curl", "-sS", "-m", "60", *LINE, "-F", f"fichier=@{file}", *more, f"{address}/depot/envoi?q={canaries.QUERY}"
    )


def get(host: Node, address: str, *more: str) -> str:
    return host.run(
        "curl", "-sS", "-m", "60", *LINE, "-o", "/dev/null", "-w", "%{http_code} %{size_download}\n", *more, address
    )


def talk(host: Node, site: str, page: str, turns: int, size: int) -> None:
    """A program that works over one connection, as browsers do: reads a page, sends something, and again."""
    file = document(host, size)
    each = [
        f"{site}/{page}",
        "-o",
        "/dev/null",
        "--next",
        "-sS",
        "-F",
        f"fichier=@{file}",
        f"{site}/depot/envoi",
        "-o",
        "/dev/null",
    ]
    argv = each
    for _ in range(turns - 1):
        argv = [*argv, "--next", "-sS", *each]
    host.run("curl", "-sS", "-m", "60", *argv)
