"""`vigie verify`: are the journals as they were written? Names the first bad entry and leaves with 1; with 2 if one cannot be read.

Prints the root of now, over the journals of watch, serve and relay: one line to keep elsewhere; given back later with --root it
also shows a tail that was cut off. What the journals told of one another meanwhile is checked without it.
"""

import sqlite3
import sys
from pathlib import Path

import click

from sensor.store.aside import BEFORE_DAYS, aside
from sensor.store.errors import Reason, StoreError, WillRetry
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.roots import Checked, check
from sensor.store.schema import SERVE, WATCH
from sensor.store.serve import rebuilt
from sensor.store.telling import Difference, compare
from sensor.store.verify import Fault, Root, Verdict

BAD, UNREADABLE = 1, 2
_SAID = {
    "fr": {
        "named": "{name} : {line}",
        "well": "Journal intact : {count} entrées vérifiées.",
        "one": "Journal intact : 1 entrée vérifiée.",
        "root": "Racine à conserver ailleurs : {root}",
        "lost": "Un fichier abîmé en avait fait perdre {count} autres : une entrée signée le déclare.",
        "bad": "Journal ALTÉRÉ à l’entrée {seq} : {why}",
        Fault.ALTERED: "elle n’est pas ce qui avait été signé (modifiée, insérée ou déplacée).",
        Fault.MISSING: "elle manque.",
        Fault.ERASED: "son contenu a disparu sans effacement déclaré.",
        Fault.KEY: "elle est signée par une clé inconnue ou que rien n’annonce.",
        Fault.CUT: "la fin du journal a été coupée ou remplacée depuis une racine donnée ou notée plus tôt.",
        "differs": "Alerte {alert} : le journal et la table diffèrent ({what}).",
        "rebuilt": "Table reconstruite du journal : identique.",
        "aside": "{file} ({size} Mo) : {why}",
        "before": "copie d’avant une mise à jour, effacée au bout de {days} jours.",
        "damaged": "fichier abîmé mis de côté, effacé au bout de la durée de conservation des alertes.",
    },
    "en": {
        "named": "{name}: {line}",
        "well": "Journal intact: {count} entries verified.",
        "one": "Journal intact: 1 entry verified.",
        "root": "Root to keep elsewhere: {root}",
        "lost": "A damaged file had lost {count} others: a signed entry says so.",
        "bad": "Journal ALTERED at entry {seq}: {why}",
        Fault.ALTERED: "it is not what was signed (changed, inserted or moved).",
        Fault.MISSING: "it is missing.",
        Fault.ERASED: "its content is gone without a declared erasure.",
        Fault.KEY: "it is signed by a key that is unknown or that nothing announced.",
        Fault.CUT: "the end of the journal was cut or replaced since a root that was given or noted earlier.",
        "differs": "Alert {alert}: journal and table differ ({what}).",
        "rebuilt": "Table rebuilt from the journal: identical.",
        "aside": "{file} ({size} MB): {why}",
        "before": "a copy from before an update, erased after {days} days.",
        "damaged": "a damaged file that was set aside, erased once it is as old as alerts may become.",
    },
}


@click.command
@click.option("--state", required=True, type=click.Path(file_okay=False, path_type=Path), help="The stores' directory.")
@click.option("--root", metavar="ROOT", help="A root that was given earlier.")
@click.option("--rebuild", is_flag=True, help="Also compare the tables with what the journals tell.")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language.")
def verify(state: Path, root: str | None, *, rebuild: bool, lang: str) -> None:
    """Check that nothing in the journals was changed."""
    try:
        checked = check(state, None if root is None else Root.parse(root))
        if not checked.verdicts:
            raise WillRetry(Reason.ABSENT, WATCH.path(state))
        bad = any(verdict.fault is not None for verdict in checked.verdicts.values())
        differences = _differences(state, checked) if rebuild and not bad else []
    except (StoreError, ValueError) as error:
        click.echo(f"vigie verify: {error}", err=True)
        sys.exit(UNREADABLE)
    for name, verdict in sorted(checked.verdicts.items()):
        _tell(name, verdict, _SAID[lang])
    _tell_aside(state, checked, _SAID[lang])
    if bad:
        sys.exit(BAD)
    click.echo(_SAID[lang]["root"].format(root=checked.root))
    for one in differences:
        click.echo(_SAID[lang]["differs"].format(alert=one.alert, what=one.what))
    if differences:
        sys.exit(BAD)
    if rebuild:
        click.echo(_SAID[lang]["rebuilt"])


def _tell(name: str, verdict: Verdict, said: dict[str, str]) -> None:
    if verdict.fault is not None:
        lines = [said["bad"].format(seq=verdict.seq, why=said[verdict.fault])]
    else:
        count = verdict.entries - verdict.lost
        lines = [said["one" if count == 1 else "well"].format(count=count)]
    if verdict.lost:
        lines.append(said["lost"].format(count=verdict.lost))
    for line in lines:
        click.echo(said["named"].format(name=name, line=line))


def _tell_aside(state: Path, checked: Checked, said: dict[str, str]) -> None:
    for name in sorted(checked.verdicts):
        for one in aside(state / name / WATCH.path(state).name):
            why = said["before" if one.before else "damaged"].format(days=BEFORE_DAYS)
            line = said["aside"].format(file=one.path.name, size=f"{one.size / 1e6:.1f}", why=why)
            click.echo(said["named"].format(name=name, line=line))


def _differences(state: Path, checked: Checked) -> list[Difference]:
    """What the tables say and the journals do not, or the other way round."""
    found = []
    for name in checked.verdicts:
        found += read(state / name / WATCH.path(state).name, _alerts)
    if SERVE.name in checked.verdicts:
        found += read(SERVE.path(state), _current)
    return found


def _alerts(db: sqlite3.Connection) -> list[Difference]:
    return list(compare((body for (body,) in db.execute("SELECT body FROM alert")), entries(db)))


def _current(db: sqlite3.Connection) -> list[Difference]:
    kept = {(kind, subject): body for kind, subject, body in db.execute("SELECT kind, subject, body FROM current")}
    told = rebuilt(entries(db))
    return [Difference(key[1], key[0]) for key in sorted(kept.keys() | told.keys()) if kept.get(key) != told.get(key)]
