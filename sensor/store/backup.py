"""A copy of all that a state directory holds, made while everything runs, and back. Called by `vigie backup`, `vigie restore`.

Inside the seal (`sensor.store.sealed`): a tar stream, zstd-packed:
  manifest.json        {"made", "version", "roots": {writer: root}, "files": {path: SHA-256}, "owners": {path: [mode, user,
                       group]}}, first
  state/…              databases as SQLite's backup API gives them (one moment each, -wal folded in), keys and other secrets
  vigie.yml            the policy, if one was given
A database is copied before the keys beside it, so that every key it needs is there. Locks, status, the reserved file, copies made before
migrations and files set aside stay out.
"""

import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import zstandard

from sensor.store import keys
from sensor.store.reader import read
from sensor.store.roots import check
from sensor.store.schema import DATABASE
from sensor.store.sealed import PIECE, Sealer, unseal
from sensor.store.verify import Fault, Root, head_of, verify

MANIFEST, STATE, POLICY = "manifest.json", "state", "vigie.yml"
_LEFT_OUT = ("lock", "status", "reserve")
_AGAIN = 3
_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal", ".head", ".building", ".new", ".writing")


class Unusable(ValueError):  # noqa: N818  (it names the thing that is wrong)
    """A backup that is not whole, or a place it cannot be restored to."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds. `roots` are those of its journals, by writer."""

    made: int
    version: str
    roots: dict[str, str]
    files: dict[str, str]
    owners: dict[str, list[int | str]] = field(default_factory=dict)


def back_up(state: Path, policy: Path | None, target: Path, passphrase: str) -> Made:
    """Write `target` in one piece: it has its name only once it is whole and on the disk.

    Errors: StoreError, OSError; Unusable if there is nothing to keep.
    """
    with TemporaryDirectory(prefix=".vigie-backup-", dir=target.parent) as name:
        folder = Path(name)
        owners = _gather(state, folder / STATE)
        for _ in range(_AGAIN):
            if not _torn(folder / STATE):
                break
            shutil.rmtree(folder / STATE)
            owners = _gather(state, folder / STATE)
        if policy is not None:
            (folder / POLICY).write_bytes(policy.read_bytes())
        made = replace(_described(folder), owners=owners)
        if not made.files:
            raise Unusable(f"{state}: there is nothing to keep")
        scratch = folder / "sealed"
        with scratch.open("xb") as out:
            scratch.chmod(0o600)
            _pack(folder, made, out, passphrase)
            out.flush()
            os.fsync(out.fileno())
        scratch.replace(target)
    _synced(target.parent)
    return made


def unpack(source: Path, passphrase: str, folder: Path) -> Made:
    """Everything of a backup under `folder`, which is empty, each file checked. Errors: Unsealed, Unusable, OSError."""
    with source.open("rb") as file:
        stream = io.BufferedReader(_Chunks(unseal(file, passphrase)), PIECE)
        try:
            with (
                zstandard.ZstdDecompressor().stream_reader(stream, closefd=False) as plain,
                tarfile.open(fileobj=plain, mode="r|") as tar,
            ):
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
            raise Unusable(f"{source}: {error}") from error
        stream.read()  # to the end: a tail that was changed is noticed
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        made = Made(told["made"], told["version"], told["roots"], told["files"], told.get("owners", {}))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{source}: its manifest cannot be read") from error
    if _described(folder).files != made.files or _roots(folder / STATE) != made.roots:
        raise Unusable(f"{source}: what came out is not what was kept")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return made


def restore(source: Path, passphrase: str, state: Path) -> Made:
    """Onto a machine that has kept nothing yet: `state` is absent or without stores. The policy lies there as vigie.yml."""
    if state.exists() and any(state.iterdir()):
        raise Unusable(f"{state}: something is kept there already; restore into an empty directory")
    state.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".vigie-restore-", dir=state.parent) as name:
        folder = Path(name) / "all"
        folder.mkdir(mode=0o700)
        made = unpack(source, passphrase, folder)
        if (folder / POLICY).exists():
            (folder / POLICY).replace(folder / STATE / POLICY)
        _give_back(folder / STATE, made)
        for path in (folder / STATE).rglob("*"):
            _synced(path)
        _synced(folder / STATE)
        if state.exists():
            state.rmdir()
        (folder / STATE).replace(state)
    _synced(state.parent)
    return made


def still_holds(made: Made, state: Path) -> list[str]:
    """The writers whose journal of today does not go on from the backup's."""
    wrong = []
    for writer, text in made.roots.items():
        path, heads = state / writer / DATABASE, Root.parse(text).heads
        known = keys.load(path.parent / "keys")
        if any(head.seq for head in heads) and read(path, partial(verify, keys=known, heads=heads)).fault is not None:
            wrong.append(writer)
    return wrong


def _give_back(state: Path, made: Made) -> None:
    """To whom each thing belonged, as far as this machine knows them and whoever restores may give.

    Folders and databases may be read by their group again, keys and all else by their owner only.
    """
    for name, (mode, user, group) in made.owners.items():
        path = state / name
        if not path.resolve().is_relative_to(state.resolve()) or not path.exists():
            continue
        path.chmod(int(mode) & (0o750 if path.is_dir() else 0o640 if path.name == DATABASE else 0o600))
        if os.geteuid() == 0:
            for owner in ({"user": str(user)}, {"group": str(group)}):
                with suppress(LookupError):  # nobody here has that name
                    shutil.chown(path, **owner)


def _owner(path: Path) -> list[int | str]:
    found = path.stat()
    user, group = str(found.st_uid), str(found.st_gid)
    with suppress(KeyError):
        user, group = path.owner(), path.group()
    return [stat.S_IMODE(found.st_mode), user, group]


def _gather(state: Path, folder: Path) -> dict[str, list[int | str]]:
    """Databases first. Whose everything is."""
    found = sorted(path for path in state.rglob("*") if path.is_file() and not path.is_symlink())
    found = [path for path in found if not _passed_over(path)]
    databases = [path for path in found if _is_database(path)]
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*databases, *(path for path in found if path not in databases)):
        target = folder / path.relative_to(state)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in databases:
            read(path, lambda db, target=target: _snapshot(db, target), ours=path.name == DATABASE)  # type: ignore[misc]
        else:
            target.write_bytes(path.read_bytes())
    kept = {path for file in found for path in (file, *file.parents) if path.is_relative_to(state) and path != state}
    return {str(path.relative_to(state)): _owner(path) for path in sorted(kept)}


def _torn(state: Path) -> bool:
    """Whether one journal already told how far another had come, whose copy was made a moment before that."""
    return any(verdict.fault is Fault.CUT for verdict in check(state).verdicts.values())


def _snapshot(db: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        db.backup(copy)  # all pages in one step: a writer in WAL mode goes on meanwhile
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _passed_over(path: Path) -> bool:
    name = path.name
    return name in _LEFT_OUT or name.endswith(_BESIDE) or ".before-" in name or ".damaged-" in name


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _described(folder: Path) -> Made:
    files = {
        str(path.relative_to(folder)): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    return Made(time.time_ns(), version("vigie"), _roots(folder / STATE), files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _roots(state: Path) -> dict[str, str]:
    """Errors: Unusable if a journal is not as it was written: a backup of it would only hide that."""
    roots = {}
    for path in sorted(state.glob(f"*/{DATABASE}")):
        known = keys.load(path.parent / "keys")
        verdict = read(path, partial(verify, keys=known))
        roots[path.parent.name] = str(Root.over([head_of(path.parent.name, verdict.seq, verdict.head)]))
        if verdict.fault is not None:
            raise Unusable(f"{path.parent.name}: its journal is bad at entry {verdict.seq}; see `vigie verify`")
    return roots


def _pack(folder: Path, made: Made, out: BinaryIO, passphrase: str) -> None:
    """A tar stream of the folder, zstd-packed, sealed."""
    sealer = Sealer(out, passphrase)
    text = json.dumps(asdict(made), indent=1).encode()
    head = tarfile.TarInfo(MANIFEST)
    head.size = len(text)
    packer = zstandard.ZstdCompressor(level=6).stream_writer(cast("BinaryIO", sealer), closefd=False)
    with packer, tarfile.open(fileobj=packer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(head, io.BytesIO(text))
        for name in made.files:
            tar.add(folder / name, name)
    sealer.end()


class _Chunks(io.RawIOBase):
    """Pieces as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001  (any buffer)
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
