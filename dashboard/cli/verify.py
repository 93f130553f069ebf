"""`vigie verify`: is the journal as it was written? Names the first bad entry and leaves with 1; with 2 if it cannot be read.

Prints the root of today, one line to keep elsewhere; given back later with --root it also shows a tail that was cut off.
"""

import sqlite3
import sys
from pathlib import Path

import click

from sensor.store import keys
from sensor.store.errors import StoreError
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.telling import Difference, compare
from sensor.store.verify import Fault, Root, Verdict, root_of
from sensor.store.verify import verify as verify_journal
from sensor.store.watch import database

BAD, UNREADABLE = 1, 2
NAME = "watch"
_SAID = {
    "fr": {
        "well": "Journal intact : {count} entrées vérifiées.",
        "root": "Racine à conserver ailleurs : {root}",
        "lost": "Un fichier abîmé en avait fait perdre {count} autres : une entrée signée le déclare.",
        "bad": "Journal ALTÉRÉ à l’entrée {seq} : {why}",
        Fault.ALTERED: "elle n’est pas ce qui avait été signé (modifiée, insérée ou déplacée).",
        Fault.MISSING: "elle manque.",
        Fault.ERASED: "son contenu a disparu sans effacement déclaré.",
        Fault.KEY: "elle est signée par une clé inconnue ou que rien n’annonce.",
        Fault.CUT: "la fin du journal a été coupée ou remplacée depuis cette racine.",
        "differs": "Alerte {alert} : le journal et la table diffèrent ({what}).",
        "rebuilt": "Table reconstruite du journal : identique.",
    },
    "en": {
        "well": "Journal intact: {count} entries verified.",
        "root": "Root to keep elsewhere: {root}",
        "lost": "A damaged file had lost {count} others: a signed entry says so.",
        "bad": "Journal ALTERED at entry {seq}: {why}",
        Fault.ALTERED: "it is not what was signed (changed, inserted or moved).",
        Fault.MISSING: "it is missing.",
        Fault.ERASED: "its content is gone without a declared erasure.",
        Fault.KEY: "it is signed by a key that is unknown or that nothing announced.",
        Fault.CUT: "the end of the journal was cut or replaced since that root.",
        "differs": "Alert {alert}: journal and table differ ({what}).",
        "rebuilt": "Table rebuilt from the journal: identical.",
    },
}


@click.command
@click.option("--state", required=True, type=click.Path(file_okay=False, path_type=Path), help="The store's directory.")
@click.option("--root", metavar="ROOT", help="A root that was given earlier.")
@click.option("--rebuild", is_flag=True, help="Also compare the alerts with what the journal tells of them.")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language.")
def verify(state: Path, root: str | None, *, rebuild: bool, lang: str) -> None:
    """Check that nothing in the journal was changed."""
    said = _SAID[lang]
    try:
        verdict, differences = _ask(database(state), None if root is None else Root.parse(root), rebuild=rebuild)
    except (StoreError, ValueError) as error:
        click.echo(f"vigie verify: {error}", err=True)
        sys.exit(UNREADABLE)
    if verdict.fault is not None:
        click.echo(said["bad"].format(seq=verdict.seq, why=said[verdict.fault]))
        sys.exit(BAD)
    click.echo(said["well"].format(count=verdict.entries - verdict.lost))
    if verdict.lost:
        click.echo(said["lost"].format(count=verdict.lost))
    click.echo(said["root"].format(root=root_of(NAME, verdict.seq, verdict.head)))
    for one in differences:
        click.echo(said["differs"].format(alert=one.alert, what=one.what))
    if differences:
        sys.exit(BAD)
    if rebuild:
        click.echo(said["rebuilt"])


def _ask(path: Path, root: Root | None, *, rebuild: bool) -> tuple[Verdict, list[Difference]]:
    known = keys.load(path.parent / "keys")

    def ask(db: sqlite3.Connection) -> tuple[Verdict, list[Difference]]:
        verdict = verify_journal(db, known, root)
        if not rebuild or verdict.fault is not None:
            return verdict, []
        bodies = (body for (body,) in db.execute("SELECT body FROM alert"))
        return verdict, list(compare(bodies, entries(db)))

    return read(path, ask)
