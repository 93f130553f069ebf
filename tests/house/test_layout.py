"""The shape of the tree: what stands where, how long a file may be, and what may not be written in it."""

import ast
import re

from tests.house.tree import ROOT, files, name

TOP = {"sensor", "rules", "dashboard", "provisioning", "tests", "pyproject.toml", "README.md"}
LONGEST = 300

# In two parts, or this file would break its own rule.
REGISTRIES = tuple(
    f"{first}.{last}"
    for first, last in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb.debian", "org"),
        ("security.debian", "org"),
        ("piwheels", "org"),
        ("registry.npmjs", "org"),
        ("static.crates", "io"),
        ("proxy.golang", "org"),
        ("repo.maven", "apache.org"),
        ("archive.raspberrypi", "com"),
    )
)
MACHINE = re.compile(r"(?<![\w.<>-])/(?:" + "work|root|home" + r")/[\w.]")


def texts():
    for path in files():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path, data.decode()


def test_nothing_else_stands_at_the_top():
    top = {name(path).split("/")[0] for path in files()}
    assert {entry for entry in top if not entry.startswith(".")} == TOP


def test_no_file_is_too_long():
    code = (*files("sensor", ".py"), *files("dashboard", ".py"), *files("provisioning", ".py"))
    long = {name(path): count for path in code if (count := len(path.read_text().splitlines())) > LONGEST}
    assert not long


def test_every_module_says_what_it_is():
    code = (*files("sensor", ".py"), *files("dashboard", ".py"), *files("rules", ".py"))
    assert not [name(path) for path in code if not ast.get_docstring(ast.parse(path.read_text()))]


def test_no_path_of_somebodys_machine():
    found = [f"{name(path)}: {hit}" for path, text in texts() for hit in MACHINE.findall(text)]
    assert not found


def test_no_registry_host():
    found = [f"{name(path)}: {host}" for path, text in texts() for host in REGISTRIES if host in text]
    assert not found


def test_the_only_captures_in_the_tree_are_our_labs():
    captures = [path for path in files() if path.suffix in {".pcap", ".pcapng", ".cap"}]
    assert not [name(path) for path in captures if path.parent != ROOT / "tests" / "recordings"]


def test_what_catches_all_lets_it_go_on():
    for path in (*files("sensor", ".py"), *files("dashboard", ".py"), *files("provisioning", ".py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                undone = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
                assert undone or caught not in {"everything", "Exception", "BaseException"}, (
                    f"{name(path)}:{node.lineno}"
                )


def test_scripts_are_executable():
    for script in ("provisioning/demo", "provisioning/lock.py", "tests/run", "tests/fresh", ".ci/run"):
        assert (ROOT / script).stat().st_mode & 0o111, script
