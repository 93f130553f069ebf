"""What is an attachment and what is not, mail by mail, each with its reason. Extensions stand for the attachments expected."""

import pytest

from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_kind import Kind, Place, kind_of
from tests.sensor.wire.test_mime import crlf, scan

WORDS = "Content-Type: text/plain\n\ncanary\n"
PAGE = "Content-Type: text/html\n\n<p>canary\n"
PDF = "Content-Type: application/pdf; name=canary.pdf\n\nHello\n"
INNER = "From: a@b.fr\nSubject: canary\n"


def part(kind, *fields, name="", marked=False, body="canary"):
    lines = [f"Content-Type: {kind}" + (f'; name="{name}"' if name else ""), *fields]
    if marked:
        lines.append("Content-Disposition: attachment" + (f'; filename="{name}"' if name else ""))
    return "\n".join(lines) + f"\n\n{body}\n"


def mail(subtype, *parts, boundary="B"):
    begin = f"Content-Type: multipart/{subtype}; boundary={boundary}\n\n"
    return begin + "".join(f"--{boundary}\n{each}" for each in parts) + f"--{boundary}--\n"


INVITE = part("text/calendar; method=REQUEST", name="canary.ics")
NONE = {
    "the words in two forms": mail("alternative", WORDS, PAGE),
    "and in a third for reading aloud": mail("alternative", WORDS, part("text/x-amp-html"), PAGE),
    "and as RTF": mail("alternative", WORDS, part("application/rtf")),
    "an invitation says when and where, in another form": mail("alternative", WORDS, PAGE, INVITE),
    "S/MIME's signature": mail("signed", WORDS, part("application/pkcs7-signature", name="smime.p7s", marked=True)),
    "the same, typed by an old program": mail(
        "signed", WORDS, part("application/octet-stream", name="smime.p7s", marked=True)
    ),
    "PGP's signature": mail("signed", WORDS, part("application/pgp-signature", name="signature.asc")),
    "the key that comes with it": mail("mixed", WORDS, part("application/pgp-keys", name="canary.asc", marked=True)),
    "a delivery report": mail("report", WORDS, part("message/delivery-status"), part("text/rfc822-headers")),
    "one whose parts have names": mail(
        "report",
        WORDS,
        part("message/delivery-status", name="details.txt", marked=True),
        part("text/rfc822-headers", name="headers.txt"),
    ),
    "a read receipt": mail("report", WORDS, part("message/disposition-notification", name="MDNPart2.txt")),
    "a complaint's report": mail(
        "report", WORDS, part("message/feedback-report"), f"Content-Type: message/rfc822\n\n{INNER}\n"
    ),
    "a bounce of old": mail("mixed", WORDS, f"Content-Type: message/rfc822\n\n{INNER}\ncanary\n"),
    "a mail forwarded in its place": mail(
        "mixed", WORDS, f"Content-Type: message/rfc822\nContent-Disposition: inline\n\n{INNER}\ncanary\n"
    ),
    "a digest": mail("digest", f"\n{INNER}\ncanary\n", f"\n{INNER}\ncanary\n"),
    "what was left elsewhere": mail(
        "mixed", WORDS, part("message/external-body; access-type=URL", name="canary.pdf", body=PDF)
    ),
    "a later piece of a mail in pieces": "Content-Type: message/partial; number=2; id=x\n\nSGVsbG8=\nSGVsbG8=\n",
    "a mailing list's footer": mail("mixed", WORDS, part("text/plain", "Content-Disposition: inline")),
    "a name that is none": mail("mixed", 'Content-Type: text/plain; name=""\n\ncanary\n'),
}
SOME = {
    "an invitation as a file": (mail("mixed", WORDS, part("application/ics", name="canary.ics", marked=True)), ["ics"]),
    "one in the words' place that says so": (
        mail("alternative", WORDS, part("text/calendar", name="canary.ics", marked=True)),
        ["ics"],
    ),
    "a visiting card": (mail("mixed", WORDS, part("text/x-vcard", name="canary.vcf")), ["vcf"]),
    "one without a name": (mail("mixed", WORDS, part("text/vcard")), [None]),
    "a table without a name": (mail("mixed", WORDS, part("text/csv")), [None]),
    "a document beside the words, in another form of them": (
        mail("alternative", WORDS, mail("mixed", PAGE, PDF, boundary="C")),
        ["pdf"],
    ),
    "what was signed": (
        mail("signed", mail("mixed", WORDS, PDF, boundary="C"), part("application/pkcs7-signature", name="smime.p7s")),
        ["pdf"],
    ),
    "a signed envelope that hides what it holds": (
        part("application/pkcs7-mime; smime-type=signed-data", name="smime.p7m"),
        ["p7m"],
    ),
    "a bounce that returns a document": (
        mail("report", WORDS, "Content-Type: message/rfc822\n\n" + mail("mixed", WORDS, PDF, boundary="C")),
        ["pdf"],
    ),
    "a mail forwarded in its place, with a document": (
        mail("mixed", WORDS, "Content-Type: message/rfc822\n\n" + mail("mixed", WORDS, PDF, boundary="C")),
        ["pdf"],
    ),
    "a mail as a file is one, whatever it holds": (
        mail("mixed", WORDS, f"Content-Type: message/rfc822\nContent-Disposition: attachment\n\n{INNER}{PDF}"),
        [None],
    ),
    "the first piece of a mail in pieces": (
        "Content-Type: message/partial; number=1; id=x\n\n" + mail("mixed", WORDS, PDF, boundary="C"),
        ["pdf"],
    ),
    "a Macintosh's file in two halves is one": (
        mail(
            "appledouble", part("application/applefile", name="canary.pdf"), part("application/pdf", name="canary.pdf")
        ),
        ["pdf"],
    ),
    "a claim that was signed for a machine": (
        mail("signed", part("application/edi-consent"), part("application/pkcs7-signature", name="smime.p7s")),
        [None],
    ),
    "a picture without a name": (mail("mixed", WORDS, part("image/tiff")), [None]),
    "a picture in the words that no page asks for": (
        mail("mixed", WORDS, part("image/jpeg", "Content-Disposition: inline", "Content-ID: <c>", name="c.jpg")),
        ["jpg"],
    ),
    "words as a file": (mail("mixed", WORDS, part("text/plain", marked=True)), [None]),
    "an empty file": (mail("mixed", WORDS, part("application/pdf", name="canary.pdf", body="")), ["pdf"]),
    "a type on the next line": (mail("mixed", WORDS, "Content-Type:\n application/pdf;\n\tname=c.pdf\n\nx\n"), ["pdf"]),
    "a space before the colon": (mail("mixed", WORDS, "Content-Type : application/pdf; name=c.pdf\n\nx\n"), ["pdf"]),
    "a Macintosh's file as text": (mail("mixed", WORDS, part("application/mac-binhex40", name="c.hqx")), ["hqx"]),
}


@pytest.mark.parametrize("name", NONE)
def test_none(name):
    assert scan(crlf(NONE[name])).attachments == ()


@pytest.mark.parametrize("name", SOME)
def test_some(name):
    text, expected = SOME[name]
    assert [found.extension for found in scan(crlf(text)).attachments] == expected
    assert [found.extension for found in scan(text.encode(), 1).attachments] == expected, "bare LF, byte by byte"
    assert [found.extension for found in scan(crlf(text).replace(b"\r\n", b"\r\r\n")).attachments] == expected, (
        "CR CR LF"
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application/pdf", Kind.ATTACHMENT),
        ("image/png", Kind.ATTACHMENT),
        ("audio/wav", Kind.ATTACHMENT),
        ("message/rfc822", Kind.ATTACHMENT),
        ("message/delivery-status", Kind.TEXT),
        ("text/html", Kind.TEXT),
        ("text/csv", Kind.TEXT),
        ("text/calendar", Kind.TEXT),
        ("application/pgp-encrypted", Kind.TEXT),
        ("application/pkcs7-signature", Kind.TEXT),
    ],
)
def test_alone_and_without_a_name(kind, expected):
    assert kind_of(PartHeader(mime_type=kind), Place(), 1) is expected
