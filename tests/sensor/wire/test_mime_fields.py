import pytest

from sensor.wire.mime_fields import EXTENSIONS, PIECES, PartHeader, extension, parameters, read_field


def header(*lines: bytes) -> PartHeader:
    part = PartHeader()
    for line in lines:
        read_field(part, line)
    return part


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a/b; name=x.pdf", {b"name": b"x.pdf"}),
        (b'a/b; NAME="x y.pdf"; charset=utf-8', {b"name": b"x y.pdf", b"charset": b"utf-8"}),
        (b'a/b; name="x\\"y;z.pdf"', {b"name": b'x"y;z.pdf'}),
        (b'a/b; name="never closed.pdf', {b"name": b"never closed.pdf"}),
        (b"a/b; name=my file.pdf ; x=1", {b"name": b"my file.pdf", b"x": b"1"}),
        (b"a/b;\r\n\tname\r\n =\r\n x.pdf", {b"name": b"x.pdf"}),
        (b"a/b; name*=utf-8'fr'b%C3%A9.pdf", {b"name": b"b\xc3\xa9.pdf"}),
        (b"a/b; name*=b%20c.pdf", {b"name": b"b c.pdf"}),
        (b"a/b; name*1=f; name*0=x.pd", {b"name": b"x.pdf"}),
        (b"a/b; name*0*=utf-8''a%20; name*1=\"b.p\"; name*2*=%64f", {b"name": b"a b.pdf"}),
        (b"a/b; name=old.txt; name*=utf-8''new.pdf", {b"name": b"new.pdf"}),
        (b"a/b; name=first.pdf; name=second.txt", {b"name": b"first.pdf"}),
        (b"a/b; =x; ;; name", {}),
        (b"a/b; name*x*=1", {}),
    ],
)
def test_parameters(value, expected):
    assert parameters(value) == expected


def test_pieces_are_bounded():
    value = b"a/b" + b"".join(b"; n*%d=a" % i for i in range(2 * PIECES))
    assert parameters(value) == {b"n": b"a" * PIECES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"canary.PDF", "pdf"),
        (b"canary.jpg.zip", "zip"),
        (b"canary", None),
        (b"Bilan M.Paul", None),
        (b"dossier.dupont", None),
        (b"canary.pdf ", "pdf"),
        (b"canary.tar.gz.", "gz"),
        (b"=?utf-8?B?YmlsYW4ucGRm?=", "pdf"),
        (b"=?UTF-8?Q?r=C3=A9sultat=2Edocx?=", "docx"),
        (b"=?utf-8?B?YmlsYW4=?= =?utf-8?B?LnBkZg==?=", "pdf"),
        (b"=?gb18030?B?sd/C6C5wbmc=?=", "png"),
        (b"=?utf-8?B?broken?=.pdf", "pdf"),
        (b"=?utf-8?B?a?=", None),
        (b"=?x", None),
        (b".pdf", "pdf"),
    ],
)
def test_extension(name, expected):
    assert extension(name) == expected


def test_every_extension_can_be_told():
    assert all(extension(b"x." + word.encode()) == word for word in EXTENSIONS)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"Content-Type: Application/PDF", "application/pdf"),
        (b"content-type:image/png;x", "image/png"),
        (b"Content-Type: text / html", "text/html"),
        (b"Content-Type: nonsense", "text/plain"),
        (b"Content-Type:", "text/plain"),
        (b"X-Content-Type: a/b", "text/plain"),
        (b"Content-Type", "text/plain"),
    ],
)
def test_mime_type(line, expected):
    assert header(line).mime_type == expected


def test_the_first_type_counts():
    part = header(b"Content-Type: a/b; boundary=X", b"Content-Type: c/d; boundary=Y; name=z.pdf")
    assert (part.mime_type, part.boundary, part.named) == ("a/b", b"X", True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"Content-Disposition: ATTACHMENT", ("attachment", False)),
        (b"Content-Disposition: inline; filename=a.b", ("inline", True)),
        (b"Content-Disposition: surprise", ("attachment", False)),
        (b'Content-Disposition: form-data; name="x"', ("form-data", False)),
        (b'Content-Disposition: attachment; filename=""', ("attachment", False)),
        (b"Content-Disposition:", (None, False)),
        (b"Content-Disposition: ;filename=a.b", (None, True)),
    ],
)
def test_disposition(line, expected):
    part = header(line)
    assert (part.disposition, part.named) == expected


def test_encoding_and_identity():
    part = header(
        b"Content-Transfer-Encoding: BASE64 (fast)\r\n",
        b"Content-ID: <x@y>",
        b"Content-Type: a/b; smime-type=Enveloped-Data",
    )
    assert (part.encoding, part.content_id, part.smime_type) == ("base64", True, "enveloped-data")


def test_no_name_is_left():
    part = header(
        b"Content-Type: a/b; name=canary.pdf", b"Content-Disposition: attachment; filename*=utf-8''canary.pdf"
    )
    assert part.extension == "pdf"
    assert "canary" not in repr(part)
