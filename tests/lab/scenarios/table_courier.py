"""The mail table's cells whose server is courier."""

from tests.lab import table, table_acts

ROOTS = ("courier",)
CELLS = table.cells("courier")


def act(lab):
    table_acts.act(lab, "courier")
