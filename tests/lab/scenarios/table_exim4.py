"""The mail table's cells whose server is exim4."""

from tests.lab import table, table_acts

ROOTS = ("exim4",)
CELLS = table.cells("exim4")


def act(lab):
    table_acts.act(lab, "exim4")
