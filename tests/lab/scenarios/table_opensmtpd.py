"""The mail table's cells whose server is opensmtpd."""

from tests.lab import table, table_acts

ROOTS = ("opensmtpd",)
CELLS = table.cells("opensmtpd")


def act(lab):
    table_acts.act(lab, "opensmtpd")
