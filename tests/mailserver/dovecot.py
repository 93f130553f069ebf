"""Dovecot's settings, in the words of 2.3 (Debian 12) or of 2.4 (Debian 13): whichever is installed reads them."""

import subprocess
from functools import cache
from pathlib import Path

OWNER = "%n"  # of a mailbox's path: the account's name without its domain
LATER = "%{user | username}"


@cache
def _later() -> bool:
    """Whether it is 2.4 or later, whose words are others."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.split(" ")[0].split(".")[:2]) >= (2, 4)


def head(*, base: str | Path, listen: str, protocols: str, maildir: str) -> str:
    """Who it is and where mails lie; one account of the system owns them all. Passwords may come in clear."""
    both = f"base_dir = {base}\nlog_path = /dev/stderr\nlisten = {listen}\nprotocols = {protocols}\nauth_mechanisms = plain login\n"
    both += "first_valid_uid = 1\nfirst_valid_gid = 1\n"
    if _later():
        return (
            f"dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n{both}auth_allow_cleartext = yes\n"
            f"mail_driver = maildir\nmail_path = {maildir.replace(OWNER, LATER)}\n"
            "userdb static {\n fields {\n  uid = mail\n  gid = mail\n }\n}\n"
        )
    return (
        f"{both}disable_plaintext_auth = no\nmail_location = maildir:{maildir}\n"
        "userdb {\n driver = static\n args = uid=mail gid=mail\n}\n"
    )


def tls(mode: str, certificate: Path, key: Path) -> str:
    """`mode`: no, yes or required."""
    if _later():
        return f"ssl = {mode}\nssl_server_cert_file = {certificate}\nssl_server_key_file = {key}\n"
    return f"ssl = {mode}\nssl_cert = <{certificate}\nssl_key = <{key}\n"


def passwords(file: Path) -> str:
    """Accounts of a file."""
    if _later():
        return f"passdb passwd-file {{\n passwd_file_path = {file}\n}}\n"
    return f"passdb {{\n driver = passwd-file\n args = {file}\n}}\n"


def password(word: str) -> str:
    """One password for every account."""
    if _later():
        return f"passdb static {{\n password = {word}\n}}\n"
    return f"passdb {{\n driver = static\n args = password={word}\n}}\n"
