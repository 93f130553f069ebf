"""`vigie compare FILE`: the second opinion. Dissects a capture with Wireshark too, and lists where the two disagree, by flow.

Exit 0 whatever it finds; 2 when the capture cannot be read or Wireshark is missing. Needs the extra `compare` (pyshark) and
Debian's tshark.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from dashboard.cli.settings import load_settings
from dashboard.compare import Kind, ours
from dashboard.compare.judge import Comparison, Difference
from dashboard.compare.judge import compare as judge

UNABLE = 2
SHOWN = 200  # differences of the readable report; `--json` has them all


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON document.")
@click.option("--seconds", default=900.0, show_default=True, help="How long Wireshark may take.")
def compare(file: str, *, as_json: bool, seconds: float) -> None:
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
    for line in _report(file, version, packets, found):
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


def _report(file: str, version: str, packets: int, found: Comparison) -> list[str]:
    lines = [f"{Path(file).name}: {packets} packets, beside Wireshark {version}", ""]
    lines += [
        f"  {kind:14} {found.agreed[kind]:>7} of {found.counted[kind]:>7} agree  {found.share(kind):7.2%}"
        for kind in Kind
        if found.counted[kind]
    ]
    lines.append("" if found.differences else "\nNo difference.")
    lines += [_line(difference) for difference in found.differences[:SHOWN]]
    if (more := len(found.differences) - SHOWN) > 0:
        lines.append(f"… and {more} more: --json has them all")
    return lines


def _line(difference: Difference) -> str:
    who = f"more likely right: {difference.right}" if difference.right else "undecided"
    value = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in difference.value)
    return f"  {difference.ends}  {difference.kind}: only {difference.only} reads {value!r} ({who}: {difference.why})"
