"""`vigie compare FILE`: the second opinion. Dissects a capture with Wireshark too, and lists where the two disagree, by flow.

Exit 0 whatever it finds; 2 when the capture cannot be read or Wireshark is missing. Needs the extra `compare` (pyshark) and
Debian's tshark.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.compare import Kind, ours
from dashboard.compare.judge import Comparison, Difference
from dashboard.compare.judge import compare as judge
from dashboard.compare.words import KINDS, REASONS, REPORT
from dashboard.formats import NARROW, number
from sensor.detect.policy import Language

UNABLE = 2
SHOWN = 200  # differences of the readable report; `--json` has them all


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON document.")
@click.option("--seconds", default=900.0, show_default=True, help="How long Wireshark may take.")
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language of the report."
)
def compare(file: str, *, as_json: bool, seconds: float, lang: Language) -> None:
    """Compare with Wireshark what is read in a capture file."""
    try:
        from dashboard.compare import theirs  # noqa: PLC0415 - pyshark is an extra

        version = theirs.version()
    except ImportError:
        _leave("pyshark is not installed: pip install 'vigie[compare]'")
    except theirs.NoWiresharkError as missing:
        _leave(str(missing))
    try:
        mine, packets = ours.read(file, load_settings(None, None))
        second = theirs.read(file, packets, seconds=seconds)
    except (ours.UnreadableError, theirs.NoWiresharkError, TimeoutError) as failed:
        _leave(str(failed))
    found = judge(mine, second)
    if as_json:
        click.echo(json.dumps(_document(file, version, packets, found), ensure_ascii=False))
        return
    for line in _report(file, version, packets, found, lang):
        click.echo(line)


def _leave(why: str) -> None:
    click.echo(f"vigie compare: {why}", err=True)
    sys.exit(UNABLE)


def _document(file: str, version: str, packets: int, found: Comparison) -> dict[str, object]:
    kinds = {str(kind): {"compared": found.counted[kind], "agreed": found.agreed[kind]} for kind in Kind}
    return {
        "file": Path(file).name,
        "wireshark": version,
        "packets": packets,
        "kinds": kinds,
        "differences": [asdict(difference) for difference in found.differences],
    }


def _report(file: str, version: str, packets: int, found: Comparison, lang: Language) -> Iterator[str]:
    say, kinds = REPORT[lang], KINDS[lang]
    yield say["head"].format(file=Path(file).name, packets=number(packets, lang), version=version)
    yield ""
    for kind in Kind:
        share = found.share(kind)
        if share is not None:
            shown = f"{number(100 * share, lang, 1)}{NARROW if lang == 'fr' else ''}%"
            counts = {"agreed": number(found.agreed[kind], lang), "counted": number(found.counted[kind], lang)}
            yield say["kind"].format(kind=kinds[kind], share=shown, **counts)
    if found.counted.total():
        yield ""
    yield say["differ" if found.differences else "same"]
    last = ""
    for difference in found.differences[:SHOWN]:
        if difference.flow != last:
            yield say["flow"].format(ends=difference.ends)
        last = difference.flow
        yield from _lines(difference, lang)
    if (more := len(found.differences) - SHOWN) > 0:
        yield say["more"].format(count=number(more, lang))


def _lines(difference: Difference, lang: Language) -> Iterator[str]:
    say = REPORT[lang]
    value = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in difference.value)
    yield say["line"].format(kind=KINDS[lang][difference.kind], who=say[difference.only], value=value)
    why = REASONS[lang][difference.why]
    yield say["right"].format(who=say[difference.right], why=why) if difference.right else say["open"].format(why=why)
