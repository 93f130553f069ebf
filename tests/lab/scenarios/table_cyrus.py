"""The mail table's cells whose server is cyrus."""

from tests.lab import table, table_acts

ROOTS = ("cyrus",)
CELLS = table.cells("cyrus")


def act(lab):
    table_acts.act(lab, "cyrus")
