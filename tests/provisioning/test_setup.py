"""The set-up's shell code, with stand-ins for the machine's commands: what it asks of whom, and what it says when it may not.

That it sets a bare Debian up for real is the matter of tests/fresh.
"""

import os
import subprocess

import pytest

from tests.house.tree import ROOT

INSTALLED = '#!/bin/sh\ncase "$4" in present) echo installed;; half) echo half-installed;; *) exit 1;; esac\n'
NOBODY = "#!/bin/sh\necho 1000\n"
REFUSED = "#!/bin/sh\nexit 1\n"
LOGGED = '#!/bin/sh\necho "$(basename "$0") $*" >>"$LOG"\n'


@pytest.fixture
def machine(tmp_path):
    """Runs a line of shell with setup.sh read, on a machine whose commands are the given scripts."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (tmp_path / "clone").mkdir()

    def run(line, scripts=None, **options):
        for name, text in {"dpkg-query": INSTALLED, **(scripts or {})}.items():
            (commands / name).write_text(text)
            (commands / name).chmod(0o755)
        environment = {
            "PATH": f"{commands}:{os.environ['PATH']}",
            "ROOT": str(tmp_path / "clone"),
            "LOG": str(tmp_path / "log"),
            "HOME": "/nonexistent",
        }
        script = f'set -eu; . "{ROOT}/provisioning/setup.sh"; {line}'
        return subprocess.run(
            ["sh", "-c", script], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path, **options
        )

    return run


@pytest.fixture
def packages(tmp_path):
    path = tmp_path / "packages.txt"
    path.write_text("# a list\npresent  # why\nhalf # why\nabsent\n\n")
    return path


def test_what_is_missing_is_found(machine, packages):
    assert machine(f"missing_packages {packages}").stdout.split() == ["half", "absent"]


def test_root_installs_what_is_missing_after_one_update(machine, packages, tmp_path):
    scripts = {"id": "#!/bin/sh\necho 0\n", "apt-get": LOGGED}
    done = machine(f"debian_packages {packages}; debian_packages {packages}", scripts)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_text().splitlines()
    assert [line.split()[1] for line in log] == ["update", "install", "install"]
    assert log[1].endswith("half absent")
    assert "--yes" in log[1]


def test_who_may_use_sudo_does(machine, packages, tmp_path):
    scripts = {"id": NOBODY, "apt-get": REFUSED, "sudo": LOGGED}
    assert machine(f"debian_packages {packages}", scripts).returncode == 0
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install" in (tmp_path / "log").read_text()


def test_who_may_not_install_is_told_what_is_missing(machine, packages):
    done = machine(f"debian_packages {packages}", {"id": NOBODY, "sudo": REFUSED, "apt-get": REFUSED})
    assert done.returncode == 1
    assert "sudo apt-get install half absent" in done.stderr


def test_nothing_missing_asks_nobody(machine, tmp_path):
    path = tmp_path / "packages.txt"
    path.write_text("present # why\n")
    assert machine(f"debian_packages {path}", {"id": NOBODY, "sudo": REFUSED, "apt-get": REFUSED}).returncode == 0


def test_a_list_that_cannot_be_fetched_is_no_end(machine, packages):
    broken = '#!/bin/sh\n[ "$1" != update ]\n'
    assert machine(f"debian_packages {packages}", {"id": "#!/bin/sh\necho 0\n", "apt-get": broken}).returncode == 0


def test_a_step_is_quiet_unless_it_fails(machine):
    good = machine("step 'one thing' echo chatter")
    assert (good.stdout, good.stderr) == ("", "Vigie: one thing\n")
    bad = machine("step 'one thing' sh -c 'echo chatter; exit 3'")
    assert bad.returncode == 3
    assert "chatter" in bad.stderr


def test_a_closed_input_does_no_harm(machine):
    done = machine("readlink /proc/self/fd/0", preexec_fn=lambda: os.close(0))
    assert done.stdout.strip() == "/dev/null"


@pytest.mark.parametrize("machine_name", ["Linux armv7l", "Darwin arm64"])
def test_a_machine_it_cannot_run_on_is_told(machine, machine_name):
    done = machine("virtual_environment box", {"uname": f"#!/bin/sh\necho {machine_name}\n"})
    assert done.returncode == 1
    assert machine_name in done.stderr


def test_another_python_is_noticed(machine):
    """As after the upgrade of a system: .venv is there, and was made by a Python that is there no more."""
    line = "mkdir -p .venv/bin; ln -s /usr/bin/env .venv/bin/python; VENV=$PWD/.venv; find_python"
    same = 'python_identity >"$VENV/vigie-python"; ln -sf "$PYTHON" .venv/bin/python; made_by_python && echo same'
    other = 'echo older >"$VENV/vigie-python"; made_by_python || echo other'
    assert machine(f"{line}; {same}; {other}").stdout.split() == ["same", "other"]


def test_no_python_that_can_is_told_with_the_package(machine):
    old = dict.fromkeys(("python3.13", "python3.12", "python3.11", "python3"), REFUSED)
    scripts = {**old, "id": NOBODY, "sudo": REFUSED, "dpkg-query": "#!/bin/sh\necho installed\n"}
    done = machine(f'ROOT="{ROOT}"; virtual_environment box', {**scripts, "uname": "#!/bin/sh\necho Linux aarch64\n"})
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
