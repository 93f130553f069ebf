"""Making an InfluxDB 2 ready for one box: organisation, buckets, two tokens. Called by `vigie setup influx`; may be called again.

Retention is told in seconds: the API's `retentionPeriodHrs` of the first set-up means nanoseconds. A token that does what it should, and
no more, is kept (from 2.9 on the server knows only its hash, so trying is the only way to tell); else a new one is made.
"""

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from influxdb_client.domain.authorization import Authorization
from influxdb_client.domain.bucket import Bucket
from influxdb_client.domain.bucket_retention_rules import BucketRetentionRules
from influxdb_client.domain.onboarding_request import OnboardingRequest
from influxdb_client.domain.permission import Permission
from influxdb_client.domain.permission_resource import PermissionResource
from influxdb_client.service.setup_service import SetupService

from dashboard.influx import tokens
from dashboard.influx.buckets import DAY, kept
from dashboard.influx.client import Human, Influx, Need, Where, answered
from dashboard.influx.probe import may_read, may_write
from sensor.detect.policy import Retention
from sensor.detect.policy_influx import InfluxDB

OLDEST = (2, 7)
MENDED = (2, 9, 1)  # tokens hashed on disk, compaction on small machines
SECONDS = 30.0
_MAY = {"write": may_write, "read": may_read}
_OTHER = {"write": "read", "read": "write"}


@dataclass(frozen=True, slots=True)
class Files:
    """Where the tokens lie. `admin`: the operator's, made on a fresh InfluxDB, needed for nothing else than this."""

    admin: Path
    write: Path
    read: Path | None
    ca: Path | None = None

    @classmethod
    def of(cls, settings: InfluxDB, config: Path | None, admin: str) -> "Files":
        def found(name: str) -> Path | None:
            return tokens.find(name, config) if name else None

        write = tokens.find(settings.token_file, config)
        return cls(tokens.find(admin, config), write, found(settings.read_token_file), found(settings.ca_file))


def version_of(text: str) -> tuple[int, ...]:
    """What "v2.7.12" says in numbers; empty if it says nothing of the kind."""
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def warning_of(version: str) -> str:
    """What is to be said of this version, or nothing. Errors: Human if Vigie cannot work with it."""
    number = version_of(version)
    if not number:
        return f"InfluxDB does not tell its version ({version or 'nothing'}); 2.9.1 or later is wanted"
    if number < OLDEST or number >= (3,):
        raise Human(Need.ANSWER, f"InfluxDB {version}: Vigie needs version 2, and 2.7 or later")
    if number < MENDED:
        return f"InfluxDB {version} works; 2.9.1 or later also hashes its tokens, and compacts on small machines"
    return ""


class Setup:
    """Errors of `run`: InfluxError, TokenError, OSError. `tell` gets a line a step."""

    def __init__(self, settings: InfluxDB, keep: Retention, files: Files, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._seconds = kept(keep)
        self._files = files
        self._tell = tell
        self._where = Where(settings.url, settings.org, files.ca)

    def run(self) -> None:
        nobody = Influx(self._where, "", SECONDS)
        with answered():
            version = nobody.client.version()
        warning = warning_of(version)
        self._tell(f"InfluxDB {version} at {self._settings.url}")
        if warning:
            self._tell(f"warning: {warning}")
        self._onboard(nobody)
        admin = Influx(self._where, tokens.read(self._files.admin), SECONDS)
        with answered():
            org = self._organisation(admin)
            buckets = {kind: self._bucket(admin, org, kind) for kind in self._seconds}
        self._token(admin, org, "write", self._files.write, buckets)
        if self._files.read is not None:
            self._token(admin, org, "read", self._files.read, buckets)
        admin.close()
        nobody.close()

    def _onboard(self, nobody: Influx) -> None:
        """A fresh InfluxDB gets its operator, whose password nobody keeps: the token can give another."""
        service = SetupService(nobody.client.api_client)
        with answered():
            if not service.get_setup().allowed:
                return
        if self._files.admin.exists():
            raise tokens.TokenError(
                f"{self._files.admin}: a token is there already, and this InfluxDB is fresh; move it"
            )
        asked = OnboardingRequest(
            username="vigie-operator",
            password=secrets.token_urlsafe(32),
            org=self._settings.org,
            bucket=self._settings.buckets.detail,
            retention_period_seconds=self._seconds["detail"],
        )
        with answered():
            made = service.post_setup(asked)
        _keep(self._files.admin, str(made.auth.token))
        self._tell(f"first set-up: made; the operator's token is in {self._files.admin}: keep it away from the box")

    def _organisation(self, admin: Influx) -> str:
        name = self._settings.org
        known = [one for one in admin.client.organizations_api().find_organizations() if one.name == name]
        org = known[0] if known else admin.client.organizations_api().create_organization(name)
        self._tell(f"organisation {name}: {'already there' if known else 'made'}")
        return str(org.id)

    def _bucket(self, admin: Influx, org: str, kind: str) -> str:
        name, seconds = str(getattr(self._settings.buckets, kind)), self._seconds[kind]
        api = admin.client.buckets_api()
        rules = [BucketRetentionRules(type="expire", every_seconds=seconds)]
        told = f"bucket {name} ({seconds // DAY} days)"
        found: list[Bucket] = [one for one in api.find_buckets(org_id=org, limit=100).buckets if one.name == name]
        if not found:
            self._tell(f"{told}: made")
            return str(api.create_bucket(bucket_name=name, org=org, retention_rules=rules).id)
        bucket = found[0]
        if seconds_of(bucket) == seconds:
            self._tell(f"{told}: already there")
        else:
            bucket.retention_rules = rules
            api.update_bucket(bucket)
            self._tell(f"{told}: kept its points for another time, changed")
        return str(bucket.id)

    def _token(self, admin: Influx, org: str, action: str, file: Path, buckets: dict[str, str]) -> None:
        """One that may do `action` in the three buckets, and nothing else."""
        names = [str(getattr(self._settings.buckets, kind)) for kind in buckets]
        told = f"token that may only {action} ({file})"
        if file.exists() and self._fits(tokens.read(file), action, names):
            self._tell(f"{told}: already there")
            return
        called = f"vigie {action} {self._settings.site}"
        api = admin.client.authorizations_api()
        with answered():
            older = [one for one in api.find_authorizations(org_id=org) if one.description == called]
            made = api.create_authorization(
                authorization=Authorization(
                    org_id=org,
                    description=called,
                    permissions=[
                        Permission(action=action, resource=PermissionResource(type="buckets", id=one, org_id=org))
                        for one in buckets.values()
                    ],
                )
            )
        _keep(file, str(made.token))
        with answered():
            for one in older:
                api.delete_authorization(one)
        self._tell(f"{told}: made" + (", the one before it revoked" if older else ""))

    def _fits(self, token: str, action: str, names: list[str]) -> bool:
        influx = Influx(self._where, token, SECONDS)
        try:
            return all(_MAY[action](influx, name) and not _MAY[_OTHER[action]](influx, name) for name in names)
        finally:
            influx.close()


def seconds_of(bucket: Bucket) -> int:
    """How long it keeps its points; 0 is for ever."""
    rules = bucket.retention_rules or []
    return int(rules[0].every_seconds) if rules else 0


def _keep(file: Path, token: str) -> None:
    """Whole or not at all, for its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    half = file.with_name(f"{file.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as out:
        out.write(token + "\n")
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
