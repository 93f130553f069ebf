"""The mail table's cells whose server is dovecot."""

from tests.lab import table, table_acts

CELLS = table.cells("dovecot")


def act(lab):
    table_acts.act(lab, "dovecot")
