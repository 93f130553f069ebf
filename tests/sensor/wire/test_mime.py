"""Mails and what may be told of them; each also fed byte by byte and in odd pieces. Python's own `email` is the second opinion.

Not here: fields and names (test_mime_fields), one part's counting (test_mime_part), files in text (test_mime_inline).
"""

import base64
import random
import tracemalloc
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.mime import MimeScanner
from sensor.wire.mime_mail import Mail
from sensor.wire.mime_nesting import DEPTH
from sensor.wire.records import Attachment


def scan(data: bytes, size: int = 1 << 20, *, midway: bool = False) -> Mail:
    scanner = MimeScanner(midway=midway)
    for at in range(0, len(data), size):
        scanner.feed(data[at : at + size])
    return scanner.finish(complete=True)


def crlf(text: str) -> bytes:
    return text.lstrip("\n").replace("\n", "\r\n").encode()


PDF = 'Content-Type: application/pdf; name="canary.pdf"\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n'
TEXT = "Content-Type: text/plain\n\ncanary\n"
MIXED = "Subject: canary\nContent-Type: multipart/mixed; boundary=B\n\n"
FILE = Attachment("application/pdf", "pdf", 5)
IMAGE = "Content-Type: image/png\nContent-ID: <canary@x>\nContent-Transfer-Encoding: base64\n\n"

MAILS = {
    "words only": ("Subject: x\n\ncanary\n", ()),
    "html only": ("Content-Type: text/html\n\n<p>canary</p>\n", ()),
    "no header at all": ("canary, so it begins\n", ()),
    "a file beside the words": (f"{MIXED}--B\n{TEXT}--B\n{PDF}--B--\n", (FILE,)),
    "five files are five": (f"{MIXED}--B\n{TEXT}" + f"--B\n{PDF}" * 5 + "--B--\n", (FILE,) * 5),
    "the mail is the file": (PDF, (FILE,)),
    "the mail is a file without a name": (
        "Content-Type: application/pdf\n\nHello\n",
        (Attachment("application/pdf", None, 7),),
    ),
    "text with a name": (
        f'{MIXED}--B\nContent-Type: text/plain; name="canary.txt"\n\nHello\n--B--\n',
        (Attachment("text/plain", "txt", 5),),
    ),
    "text with the disposition only": (
        f"{MIXED}--B\nContent-Disposition: attachment\n\nHello\n--B--\n",
        (Attachment("text/plain", None, 5),),
    ),
    "inline with a name: a phone's photo": (
        f"{MIXED}--B\nContent-Type: image/jpeg\nContent-Disposition: inline; filename=canary.JPG\n\nHello\n--B--\n",
        (Attachment("image/jpeg", "jpg", 5),),
    ),
    "quoted-printable": (
        f"{MIXED}--B\nContent-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9t=\n=C3=A9\nx\n--B--\n",
        (Attachment("text/csv", "csv", 8),),
    ),
    "nested": (
        f"{MIXED}--B\nContent-Type: multipart/alternative; boundary=C\n\n--C\n{TEXT}--C\n{TEXT}--C--\n--B\n{PDF}--B--\n",
        (FILE,),
    ),
    "the inner multipart never closed": (
        f"{MIXED}--B\nContent-Type: multipart/related; boundary=C\n\n--C\n{TEXT}--B\n{PDF}--B--\n",
        (FILE,),
    ),
    "a mail as a document": (
        f"{MIXED}--B\nContent-Type: message/rfc822; name=canary.eml\n\nContent-Type: multipart/mixed; boundary=C\n\n--C\n{PDF}--C--\n--B--\n",
        (Attachment("message/rfc822", "eml", 152),),
    ),
    "a bounce is read through": (
        "Content-Type: multipart/report; boundary=B\n\n--B\n"
        + TEXT
        + "--B\nContent-Type: message/delivery-status\n\nx: y\n--B\nContent-Type: message/rfc822\n\nFrom: a@b.fr\n"
        + PDF
        + "--B--\n",
        (FILE,),
    ),
    "a digest's mails are no documents": (
        f"Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: x\n\ncanary\n--B\n\n{PDF}--B--\n",
        (FILE,),
    ),
    "never closed": (f"{MIXED}--B\n{TEXT}--B\n{PDF}", (FILE,)),
    "a part without an empty line": (
        f'{MIXED}--B\nContent-Type: application/pdf; name="a.pdf"\nHello there\n--B--\n',
        (Attachment("application/pdf", "pdf", 11),),
    ),
    "a part of fields only": (
        f'{MIXED}--B\nContent-Type: application/pdf; name="a.pdf"\n--B--\n',
        (Attachment("application/pdf", "pdf", 0),),
    ),
    "boundary not declared": (f"Content-Type: multipart/mixed\n\n--X\n{TEXT}--X\n{PDF}--X--\n", (FILE,)),
    "boundary declared otherwise": (f"{MIXED}--Z\n{TEXT}--Z\n{PDF}--Z--\n", (FILE,)),
    "boundary of a line that is none": (f"{MIXED}--B\n{TEXT}--Bx\n--\n----\n--B\n{PDF}--B--\n", (FILE,)),
    "one boundary begins like another": (
        f"{MIXED}--B\nContent-Type: multipart/mixed; boundary=B1\n\n--B1\n{PDF}--B1--\n--B\n{PDF}--B--\n",
        (FILE, FILE),
    ),
    "an inner multipart with its parent's boundary": (f"{MIXED}--B\n{MIXED}--B\n{PDF}--B--\n", (FILE,)),
    "spaces after a boundary": (f"{MIXED}--B  \n{TEXT}--B\t\n{PDF}--B-- \n", (FILE,)),
    "more after the end": (f"{MIXED}--B\n{TEXT}--B--\n--B\n{PDF}--B--\n", (FILE,)),
    "signatures are none": (
        "Content-Type: multipart/signed; boundary=B\n\n--B\n"
        + TEXT
        + '--B\nContent-Type: application/pkcs7-signature; name="smime.p7s"\nContent-Disposition: attachment\n\nx\n'
        + "--B\nContent-Type: application/pgp-signature; name=signature.asc\n\nx\n--B--\n",
        (),
    ),
    "a form's fields are none, its files are": (
        (
            'Content-Type: multipart/form-data; boundary=B\n\n--B\nContent-Disposition: form-data; name="canary"\n\nx\n'
            '--B\nContent-Disposition: form-data; name="f"; filename="canary.docx"\nContent-Type: application/canary\n\nHello\n--B--\n'
        ),
        (Attachment("application/*", "docx", 5),),
    ),
    "uuencoded in the words": (
        "Subject: x\n\nhello\nbegin 644 canary.doc\n%:&5L;&\\\n`\nend\nbye\n",
        (Attachment("application/octet-stream", "doc", 5),),
    ),
    "LF and folded with tabs": (
        'Content-Type: multipart/mixed;\n\tboundary=\n\t"B"\n\n--B\n' + PDF + "--B--\n",
        (FILE,),
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_attachments(name):
    text, expected = MAILS[name]
    assert scan(crlf(text)).attachments == expected
    assert [a.extension for a in scan(text.encode()).attachments] == [a.extension for a in expected], "bare LF"


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 61])
def test_pieces_change_nothing(name, size):
    data = crlf(MAILS[name][0])
    assert scan(data, size) == scan(data)


def related(size: int, fields: str = IMAGE, kind: str = "related") -> bytes:
    body = "A" * (size * 4 // 3)
    return crlf(f"Content-Type: multipart/{kind}; boundary=B\n\n--B\n{TEXT}--B\n{fields}{body}\n--B--\n")


def test_a_small_image_of_the_page_is_decoration():
    mail = scan(related(3_000))
    assert (mail.attachments, mail.inline_images) == ((), 1)


@pytest.mark.parametrize(
    "data",
    [
        related(65_538),
        related(3_000, kind="mixed"),
        related(3_000, fields=IMAGE.replace("Content-ID: <canary@x>\n", "")),
        related(3_000, fields=IMAGE.replace("image/png", "application/pdf")),
    ],
    ids=["large", "not related", "no Content-ID", "no image"],
)
def test_anything_else_is_an_attachment(data):
    mail = scan(data)
    assert (len(mail.attachments), mail.inline_images) == (1, 0)


def test_correspondents_are_domains_of_the_outer_mail():
    text = (
        'From: "canary@no.fr" <canary@Cabinet.fr>\nTo: canary@a.fr,\n <canary@b.fr>\nCc: canary <canary@c.fr>\n' + MIXED
    )
    mail = scan(crlf(f"{text}--B\nContent-Type: message/rfc822\n\nFrom: x@inner.fr\n\n--B--\n"))
    assert (mail.from_domain, mail.to_domains) == ("cabinet.fr", ("a.fr", "b.fr", "c.fr"))


def test_a_gap_leaves_the_part_known_and_incomplete():
    scanner = MimeScanner()
    scanner.feed(crlf(MIXED + "--B\n" + PDF[:-6]))
    scanner.gap(500)
    scanner.feed(crlf("\nxyz\n--B\n" + PDF + "--B--\n"))
    mail = scanner.finish(complete=True)
    assert [a.complete for a in mail.attachments] == [False, True]
    assert not mail.complete


@pytest.mark.parametrize(
    "rest",
    [f"oken line\n--B\n{PDF}--B--\n", f"--B\n{PDF}--B--\n", PDF, f"words\n{PDF}"],
    ids=["boundary", "boundary at once", "fields at once", "fields"],
)
def test_from_the_middle(rest):
    mail = scan(crlf(rest), midway=True)
    assert [(a.mime_type, a.extension) for a in mail.attachments] == [("application/pdf", "pdf")]
    assert not mail.complete


def test_bytes_that_never_came_count_when_a_picture_is_judged():
    scanner = MimeScanner()
    data = related(3_000)
    scanner.feed(data[:-500])
    scanner.gap(100_000)
    scanner.feed(data[-500:])
    assert scanner.finish(complete=True).inline_images == 0


# Protection of whole mails

ENVELOPED = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx\n"
PGP = f"Content-Type: multipart/encrypted; boundary=B\n\n--B\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--B\n{PDF}--B--\n"
ARMOUR = "Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nx\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENVELOPED, "smime"),
        (ENVELOPED.replace("enveloped-data", "signed-data"), None),
        (PGP, "pgp"),
        (ARMOUR, "pgp"),
        (f"{MIXED}--B\n{ARMOUR}--B\n{PDF}--B--\n", None),
        (MAILS["a file beside the words"][0], None),
    ],
)
def test_protection(text, expected):
    assert scan(crlf(text)).protection == expected


def test_what_is_in_a_pgp_mail_is_protected():
    assert [a.protection for a in scan(crlf(PGP)).attachments] == ["pgp"]


# Python's email package as second opinion

NAMES = st.sampled_from(["a.pdf", "bilan médical.docx", "photo.jpg", "noext", "x" * 90 + ".txt", 'quo"ted.zip'])
FILES = st.lists(
    st.tuples(NAMES, st.binary(max_size=3_000), st.sampled_from(["application/pdf", "image/png", "application/zip"])),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(FILES, st.booleans(), st.booleans(), st.integers(1, 5_000))
def test_agrees_with_the_email_package(files, html, odd_line_ends, size):
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"] = "a@b.fr", "c@d.fr"
    made.set_content("été\nfrom here\n")
    if html:
        made.add_alternative("<p>x</p>", subtype="html")
    for name, data, kind in files:
        made.add_attachment(data, *kind.split("/"), filename=name)
    raw = made.as_bytes()
    raw = raw.replace(b"\r\n", b"\n") if odd_line_ends else raw
    theirs = [
        (p.get_content_type(), len(p.get_content()))
        for p in message_from_bytes(raw, policy=policy.SMTP).iter_attachments()
    ]
    assert [(a.mime_type, a.size) for a in scan(raw, size).attachments] == theirs


# Hostile


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [crlf(t) for t in (MIXED, PDF, TEXT, "--B\n", "--B--\n", "--Q\n", "\n", "begin 644 x\n", "MAAA\n", IMAGE)]
        )
        | st.binary(max_size=30),
        max_size=30,
    ),
    st.integers(1, 50),
)
def test_anything_may_be_fed(pieces, size):
    data = b"".join(pieces)
    assert scan(data, size) == scan(data)


def test_nested_without_end():
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(10_000))
    mail = scan(crlf(f"{MIXED}--B\n{PDF}--B\n{deep}{PDF}"))
    assert mail.attachments == (FILE,), "what came before the limit is told"
    inside = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(DEPTH - 1))
    assert scan(crlf(inside + PDF)).attachments == (FILE,)


@pytest.mark.parametrize("length", [70, 1_000, 10_000])
def test_a_long_boundary(length):
    name = "b" * length
    data = crlf(f"Content-Type: multipart/mixed;\n boundary={name}\n\n--{name}\n{TEXT}--{name}\n{PDF}--{name}--\n")
    for size in (1, 1_000, 1 << 20):
        if length <= 1_000 or size > 1:
            assert [a.extension for a in scan(data, size).attachments] == ["pdf"]


ENDLESS = {
    "header": (b"Content-Type: ", b"a" * 1_000),
    "fields": (b"", b"Content-Type: multipart/mixed; boundary=aaaaaaaaaaaaa\r\n" * 20),
    "body": (b"a: b\r\n\r\n", b"A" * 1_000),
    "attachments": (crlf(MIXED), crlf(f"--B\n{PDF}") * 10),
    "uuencoded": (b"a: b\r\n\r\nbegin 644 a.doc\r\n", b"M" + b"A" * 60 + b"\r\n"),
    "marks": (b"a: b\r\n\r\n", b"begin 644 a.doc\r\n#AAAA\r\nend\r\n" * 20),
    "domains": (b"", b"".join(b"To: a@d%d.fr\r\n" % i for i in range(100))),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_memory_is_bounded(name):
    first, more = ENDLESS[name]
    scanner = MimeScanner()
    scanner.feed(first)
    for _ in range(50):
        scanner.feed(more)
    tracemalloc.start()
    for _ in range(5_000):
        scanner.feed(more)
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 120_000


LONG = base64.encodebytes(random.Random(2).randbytes(9_001)).decode()
SKIMMED = {
    "one file": (f"{MIXED}--B\n{PDF[:-9]}{LONG}--B--\n", [9_001]),
    "two": (f"{MIXED}--B\n{PDF[:-9]}{LONG}--B\n{PDF[:-9]}{LONG}--B--\n", [9_001, 9_001]),
    "ended by another's boundary only": (
        f"{MIXED}--B\n{MIXED.replace('=B', '=C')}--C\n{PDF[:-9]}{LONG}--B\n{PDF}--B--\n",
        [9_001, 5],
    ),
    "spaces and no letters between": (f"{MIXED}--B\n{PDF[:-9]}{LONG.replace(chr(10), ' ' + chr(10))}--B--\n", [9_001]),
    "one line without end": (f"{MIXED}--B\n{PDF[:-9]}{LONG.replace(chr(10), '')}\n--B--\n", [9_001]),
    "never closed": (f"{MIXED}--B\n{PDF[:-9]}{LONG}", [9_001]),
}


@pytest.mark.parametrize("size", [1, 600, 1_460, 4_099, 1 << 20])
@pytest.mark.parametrize("name", SKIMMED)
def test_a_long_body_is_skimmed_and_counted_the_same(name, size):
    text, sizes = SKIMMED[name]
    assert [found.size for found in scan(crlf(text), size).attachments] == sizes
