"""The mail table's cells whose server is postfix."""

from tests.lab import table, table_acts

CELLS = table.cells("postfix")


def act(lab):
    table_acts.act(lab, "postfix")
