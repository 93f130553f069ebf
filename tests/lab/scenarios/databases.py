"""A program whose data lie in a cloud's PostgreSQL: with TLS, and where the server has none. Few bytes: nothing to tell."""

from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen
from tests.lab.services import database


def _use(lab: Lab, *, tls: bool) -> None:
    database.postgres(lab["unknown"], tls=tls)
    database.psql(lab["accueil"], "depot.hebergeur.example", rows=200, mode="require" if tls else "prefer")


SCENARIOS = (
    Scenario(
        name="database_tls",
        text="A program keeps its data in a PostgreSQL outside, with TLS: nothing to tell.",
        act=partial(_use, tls=True),
        seen=(Seen("tcp", 5432, "accueil", "unknown", out=500, into=4_000),),
    ),
    Scenario(
        name="database_refuses_tls",
        text="A program keeps its data in a PostgreSQL outside that has no TLS: it goes on in clear.",
        act=partial(_use, tls=False),
        seen=(Seen("tcp", 5432, "accueil", "unknown", out=200, into=4_000),),
    ),
)
