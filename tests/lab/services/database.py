"""A program's data in a cloud: PostgreSQL, whose client asks for TLS behind its first words (libpq names the server in its hello)."""

import shutil
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node

USER = "postgres"  # the server does not run as root
CONF = """listen_addresses = '{ip}'
unix_socket_directories = ''
ssl = {ssl}
ssl_cert_file = '{home}/server.pem'
ssl_key_file = '{home}/server.key'
fsync = off
"""


def postgres(host: Node, *, tls: bool = True) -> None:
    """A server with one database, for whoever comes."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    pair, home = host.certificate(), host.home / "pg"
    home.mkdir(mode=0o700)
    shutil.chown(home, USER)
    host.run(
        "runuser", "-u", USER, "--", programs / "initdb", "-D", home, "-U", canaries.USER, "-A", "trust", patience=60
    )
    for file, name in ((pair.certificate, "server.pem"), (pair.key, "server.key")):
        shutil.copy(file, home / name)
        (home / name).chmod(0o600)
        shutil.chown(home / name, USER)
    (home / "postgresql.conf").write_text(CONF.format(ip=host.ip, home=home, ssl="on" if tls else "off"))
    (home / "pg_hba.conf").write_text(f"host all {canaries.USER} all trust\n")
    host.start("runuser", "-u", USER, "--", programs / "postgres", "-D", home, port=5432)


def psql(client: Node, name: str, *, rows: int, mode: str) -> None:
    """A program that puts what it is given into its table. `mode`: libpq's sslmode."""
    asked = f"create table t (x text); insert into t select '{canaries.BODY}' || n from generate_series(1, {rows}) n; select * from t;"
    client.run("psql", "-q", f"host={name} dbname=postgres user={canaries.USER} sslmode={mode} gssencmode=disable",
               "-c", asked, PGCONNECT_TIMEOUT="20")  # fmt: skip
