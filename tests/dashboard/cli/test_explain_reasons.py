"""Why a reader stopped is said in French too, whatever the reason."""

import ast
from pathlib import Path

import pytest

from dashboard.cli.explain_reasons import FRENCH, said

ROOT = Path(__file__).parents[3]


def reasons():
    """What the readers give as a reason, read off their source; a star for what is put in."""
    for path in [*ROOT.glob("sensor/wire/*.py"), *ROOT.glob("sensor/track/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("GiveUp", "ParseError") and node.args:
                for text in words(node.args[0]):
                    yield text, path.name


def words(node):
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in parts)
        case ast.BoolOp(values=either):
            for one in either:
                yield from words(one)


def test_each_reason_has_its_french():
    found = dict(reasons())
    assert len(found) > 60
    assert {text: path for text, path in found.items() if text not in FRENCH} == {}
    assert set(FRENCH) - set(found) == {"not recognised", "other reasons", "too many protocols in one another"}


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("imap: a line of more than 1000 bytes", "imap : une ligne de plus de 1000 octets"),
        ("ssl: 17 bytes announced, 3 left", "ssl : 17 octets annoncés, il en reste 3"),
        ("ssl: client version 7f0a", "ssl : version 7f0a du client"),
        ("stream: not recognised", "stream : non reconnu"),
        ("x: never heard of", "x : never heard of"),
        ("wordless", "wordless"),
    ],
)
def test_said(reason, french):
    assert said(reason, "fr") == french
    assert said(reason, "en") == reason


def test_both_have_the_same_stars():
    assert [e for e, f in FRENCH.items() if e.count("*") != f.count("*")] == []
