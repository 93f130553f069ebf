"""The official list as CSV, workbook and saved page: the same organisations from all three; and what is refused."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook

from dashboard.cli import hds_table
from dashboard.cli.hds_table import NotAListError, Organisation, plain, read

HEAD = ("Hébergeur", "Organisme certificateur", "Activités", "Date de fin de validité")
ROWS = [
    ("Médecloud SAS", "BSI", "1 à 6", "19/12/2027"),
    ("OVHcloud", "LNE", "1, 2, 3, 4", "2027-03-01"),
    ("Ancien hôte", "LNE", "", ""),
]
EXPECTED = [
    Organisation("Ancien hôte"),
    Organisation("Médecloud SAS", "1 à 6", date(2027, 12, 19)),
    Organisation("OVHcloud", "1, 2, 3, 4", date(2027, 3, 1)),
]


def lines(delimiter=";"):
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in (HEAD, *ROWS))


def workbook(path, rows=(HEAD, *ROWS)):
    book = Workbook()
    book.create_sheet("Données")
    for row in rows:
        book["Données"].append(row)
    book.save(path)


def page():
    rows = "".join("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) for row in ROWS)
    heads = "".join(f"<th>{cell}" for cell in HEAD)
    return (
        f"<!DOCTYPE html><html><body><table><tr><td>Menu<td>Accueil</table><table><thead><tr>{heads}</thead>"
        f"<tbody>{rows}</tbody></table></body></html>"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.csv", lines().encode("utf-8-sig")),
        ("l.csv", lines(",").encode()),
        ("l.csv", lines("\t").encode("cp1252")),
        ("l.csv", (";;;\r\nListe;;;\r\n" + lines()).encode()),
        ("l.html", page().encode()),
    ],
)
def test_the_same_organisations(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path / name) == EXPECTED


def test_a_workbook(tmp_path):
    workbook(tmp_path / "l.xlsx", [("Liste au 1er novembre",), HEAD, (*ROWS[0][:3], datetime(2027, 12, 19)), *ROWS[1:]])  # noqa: DTZ001 - as workbooks hold them
    assert read(tmp_path / "l.xlsx") == EXPECTED


def test_the_certificate_that_ends_last_counts(tmp_path):
    (tmp_path / "l.csv").write_text("Raison sociale;Expiration\nHôte SA;01/02/2026\nHOTE;01/02/2028\nhôte;01/02/2027\n")
    assert read(tmp_path / "l.csv") == [Organisation("HOTE", until=date(2028, 2, 1))]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a;b\n1;2\n", "no table with a column of organisations"),
        (b"Organisme certificateur;x\nBSI;1\n", "no table with a column of organisations"),
        (b"Hebergeur;x\n1;2\n", "no table with a column of organisations"),
        (b"<html><body>Rien</body></html>", "no table with a column of organisations"),
        (b"PK\3\4 no workbook", "not a readable workbook"),
        (b"\x89PNG\0\0", "neither CSV, XLSX nor HTML"),
        (b"", "no table"),
    ],
)
def test_what_is_no_list(tmp_path, data, said):
    (tmp_path / "l").write_bytes(data)
    with pytest.raises(NotAListError, match=said):
        read(tmp_path / "l")


def test_no_file_and_too_large_a_one(tmp_path, monkeypatch):
    with pytest.raises(NotAListError, match="No such file"):
        read(tmp_path / "absent")
    monkeypatch.setattr(hds_table, "LARGEST", 3)
    (tmp_path / "l").write_bytes(b"four")
    with pytest.raises(NotAListError, match="larger than"):
        read(tmp_path / "l")


def test_names_to_compare_by():
    assert plain("  Médecloud, S.A.S ") == "medecloud s a s"
    assert plain("GROUPE Hôte France SAS") == "hote"
    assert plain("SA") == "sa"
