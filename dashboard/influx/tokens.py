"""Tokens and other files that vigie.yml names: read when they are needed, so that a new one counts at once, and never told.

A name without a leading slash is a systemd credential (`LoadCredential=`, $CREDENTIALS_DIRECTORY) if there is one of that name,
else a file beside vigie.yml.
"""

import os
from pathlib import Path

_LONGEST = 4_096


class TokenError(Exception):
    """No token to be had; the message says which file, never what is in it."""


def find(name: str, config: Path | None) -> Path:
    """Where such a file is. `config`: vigie.yml."""
    path = Path(name)
    if path.is_absolute():
        return path
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / name).is_file():
        return Path(credentials) / name
    return (config.parent if config else Path()) / path


def read(path: Path) -> str:
    """The token in this file. Errors: TokenError."""
    try:
        with path.open(encoding="ascii") as file:
            token = file.read(_LONGEST).strip()
    except OSError as error:
        raise TokenError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except ValueError:
        raise TokenError(f"{path}: this is not a token") from None
    if not token or not token.isprintable() or " " in token:
        raise TokenError(f"{path}: a token is one word on one line, and nothing else")
    return token
