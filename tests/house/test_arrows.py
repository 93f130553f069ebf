"""Who may import what: the arrows of the house never run back, and what judges opens nothing.

These tests read the import statements of our own files; what numba imports for itself is not their business.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, name

PURE = ("sensor/wire", "sensor/track", "sensor/detect")

# The rooms that each room may know, beside itself.
KNOWS = {
    "sensor/capture": {"sensor.compiled", "sensor.prefetch"},
    "sensor/wire": {
        "sensor.compiled",
        "sensor.frozen",
        "sensor.prefetch",
        "sensor.capture",
    },  # of capture very little, see below
    "sensor/track": {"sensor.frozen", "sensor.wire", "sensor.capture"},
    "sensor/detect": {"sensor.frozen", "sensor.track", "sensor.wire"},
    "sensor/store": {"sensor.detect", "sensor.track", "sensor.wire"},
    "dashboard/sources": {"sensor.store", "sensor.detect", "dashboard.influx"},
    "dashboard/influx": {"sensor.detect"},
    "dashboard/mail": {
        *("dashboard.formats", "dashboard.influx.tokens", "dashboard.privacy", "dashboard.texts", "dashboard.view"),
        *("sensor.store", "sensor.detect"),
    },
    "dashboard/relay": {
        *("dashboard.influx", "dashboard.kept_reports", "dashboard.privacy", "dashboard.report"),
        *("sensor.store", "sensor.detect", "sensor.track"),
    },
}

# Modules that open nothing, keep no clock and write nowhere. Add one only if that is true of it.
HARMLESS = {
    *(
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "difflib",
        "enum",
    ),
    *("functools", "hashlib", "hmac", "ipaddress", "itertools", "json", "math", "operator", "re", "string", "struct"),
    *("textwrap", "types", "typing", "unicodedata", "urllib.parse", "warnings", "zlib"),
    "datetime",  # its types: `now` and `today` are looked for below
    "email",  # words of RFC 5322
    "zoneinfo",  # reads the zone that the policy names, which is a file of the system
    *("numpy", "numba", "llvmlite"),
    "cryptography",
    *("sigma", "yaml"),
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: relative imports hide where an arrow points"
            found.add(node.module or "")
    return found


def within(module: str, parents: set[str]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


def ours(path: Path) -> set[str]:
    return {module for module in imports(path) if module.split(".")[0] in {"sensor", "dashboard", "rules", "tests"}}


@pytest.mark.parametrize("room", KNOWS)
def test_an_arrow_never_runs_back(room):
    allowed = {room.replace("/", "."), *KNOWS[room]}
    wrong = {
        name(path): bad for path in files(room, ".py") if (bad := {m for m in ours(path) if not within(m, allowed)})
    }
    assert not wrong


def test_wire_and_track_know_of_capture_its_contract_and_its_compiled_framing():
    for room in ("sensor/wire", "sensor/track"):
        for path in files(room, ".py"):
            assert not {m for m in ours(path) if m.startswith("sensor.capture.")} - {"sensor.capture.framing"}, name(
                path
            )


def test_the_sensor_knows_nothing_of_the_dashboard():
    assert not {name(path): bad for path in files("sensor", ".py") if (bad := within_dashboard(path))}


def within_dashboard(path: Path) -> set[str]:
    return {module for module in imports(path) if within(module, {"dashboard", "flask", "waitress", "click"})}


@pytest.mark.parametrize("room", PURE)
def test_what_judges_opens_nothing(room):
    found = {path: imports(path) - ours(path) for path in files(room, ".py")}
    assert not {
        name(path): bad for path, modules in found.items() if (bad := {m for m in modules if not within(m, HARMLESS)})
    }


@pytest.mark.parametrize("room", PURE)
def test_what_judges_has_no_clock_and_calls_no_file(room):
    for path in files(room, ".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in {"open", "print", "input", "exec", "eval", "__import__"}, f"{name(path)}:{node.lineno}"
            assert called not in {"now", "utcnow", "today", "fromfile", "memmap", "tofile"}, (
                f"{name(path)}:{node.lineno}"
            )


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("command", "never"),
    [
        ("watch", {"flask", "werkzeug", "jinja2", "waitress", "influxdb_client", "pyshark"}),
        ("inspect", {"flask", "werkzeug", "jinja2", "waitress", "influxdb_client", "pyshark", "scapy"}),
        ("serve", {"scapy", "numba", "influxdb_client", "pyshark", "typst"}),
        ("report", {"scapy", "numba", "flask", "influxdb_client", "pyshark"}),
    ],
)
def test_a_command_loads_only_what_it_uses(command, never):
    loaded = loaded_by(f"import dashboard.cli.{command}")
    assert not loaded & never


def test_help_loads_no_command():
    loaded = loaded_by("from dashboard.cli import main\nmain.main(['--help'], standalone_mode=False)")
    assert "dashboard.cli" in loaded
    ours = {module for module in loaded if module.startswith(("dashboard.cli.", "sensor"))}
    assert ours <= {"sensor", "sensor.lasting"}
