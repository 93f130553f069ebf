"""Matrix: Synapse and matrix-nio (PyPI; Debian 12 has no server), in a Python of their own that `roots` makes once.

As a program in that Python: `matrix.py ADDRESS USER PASSWORD MESSAGES`: two people in a room, one of whom writes.
"""

import asyncio
import sys
from pathlib import Path

if __name__ != "__main__":
    from tests.lab import canaries
    from tests.lab.lab import Node
    from tests.lab.roots import KEPT

DOMAIN = "chat.lab.example"
CONFIG = """server_name: {domain}
pid_file: {home}/synapse.pid
listeners:
  - {{port: 8008, bind_addresses: [{ip}], type: http, tls: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: {home}/synapse.db}}}}
media_store_path: {home}/media
signing_key_path: {home}/signing.key
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
report_stats: false
bcrypt_rounds: 4
trusted_key_servers: []
suppress_key_server_warning: true
"""


def python() -> "Path":
    return KEPT / "matrix" / "bin" / "python"


def synapse(host: "Node") -> None:
    """A server in clear, with the account of the lab."""
    conf = host.file("synapse.yaml", CONFIG.format(domain=DOMAIN, home=host.home, ip=host.ip, secret=canaries.PASSWORD))
    host.run(python(), "-m", "synapse.app.homeserver", "-c", conf, "--generate-keys", patience=60)
    host.start(python(), "-m", "synapse.app.homeserver", "-c", conf, port=8008)
    host.run(
        python(), "-m", "synapse._scripts.register_new_matrix_user", "-c", conf, "-u", canaries.USER, "-p", canaries.PASSWORD, "--no-admin",
        f"http://{host.ip}:8008", patience=60,
    )  # fmt: skip


def nio(host: "Node", address: str, messages: int) -> None:
    """Someone writes in a room."""
    host.run(
        python(), Path(__file__), address, canaries.USER, canaries.PASSWORD, canaries.BODY, str(messages), patience=60
    )


async def _write(address: str, user: str, password: str, body: str, messages: int) -> None:
    from nio import AsyncClient, RoomCreateResponse

    client = AsyncClient(address, f"@{user}:{DOMAIN}")
    try:
        await client.login(password)
        made = await client.room_create(name="salle")
        if not isinstance(made, RoomCreateResponse):
            raise SystemExit(f"no room: {made}")
        for number in range(messages):
            await client.room_send(made.room_id, "m.room.message", {"msgtype": "m.text", "body": f"{body} {number}"})
        await client.sync(timeout=1_000)
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(_write(*sys.argv[1:5], int(sys.argv[5])))
