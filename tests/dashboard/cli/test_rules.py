"""`vigie rules check` and `vigie rules list`."""

import json

from click.testing import CliRunner

from dashboard.cli import main


def run(*arguments):
    return CliRunner().invoke(main, ["rules", *(str(argument) for argument in arguments)])


def test_the_rules_that_come_with_vigie_have_no_mistake():
    told = run("check")
    assert told.exit_code == 0, told.stderr
    assert "no mistake" in told.stdout


def test_mistakes_are_told_with_file_and_line(tmp_path):
    (tmp_path / "bad.yml").write_text(
        "title: Bad\nlogsource: {product: vigie, service: smtp}\ndetection:\n  nothing: 1\n"
    )
    told = run("check", "--rules", tmp_path)
    assert told.exit_code == 2
    assert told.stdout == ""
    assert all(line.startswith(f"{tmp_path}/bad.yml:") for line in told.stderr.splitlines())


def test_all_four_categories_are_listed_in_both_languages():
    french, english = (
        [json.loads(line) for line in run("list", "--json", "--lang", lang).stdout.splitlines()]
        for lang in ("fr", "en")
    )
    assert {"mail", "messaging", "remote", "upload"} <= {rule["category"] for rule in french}
    assert [rule["name"] for rule in french] == [rule["name"] for rule in english]
    told = [(fr["title"], en["title"]) for fr, en in zip(french, english, strict=True) if fr["category"]]
    assert told
    assert all(fr != en for fr, en in told)


def test_the_list_is_readable():
    lines = run("list").stdout.splitlines()
    assert any(line.startswith("mail") and "Important" in line for line in lines)
