"""Files in the bodies of HTTP, through the reader: forms up, downloads, what is none, and every cut."""

import pytest

from sensor.wire import MORE, Rest
from sensor.wire.http import ENOUGH, HttpReader
from sensor.wire.http_files import MOST_FORM
from sensor.wire.records import Attachment, Http
from tests.sensor.wire.dialogue import Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, feed, records

NAME = b"Durand_Paul.pdf"
PDF = b"%PDF-1.4\r\n--not-it\r\n\x00\xff binary\n" * 4
END = [OrigEnd(), RespEnd(), Rest.DONE]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
UP = {
    "method": "POST",
    "host": "webmail.example",
    "uri": "/",
    "version": "1.1",
    "request_mime_type": "multipart/form-data",
}
WHOLE = len(PDF)
TOLD = Attachment("application/pdf", "pdf", WHOLE)


def part(fields, body):
    return b"--B7\r\n" + fields + b"\r\n\r\n" + body + b"\r\n"


def form(*parts):
    return b"".join(parts) + b"--B7--\r\n"


def file(name=NAME, body=PDF):
    return part(
        b'Content-Disposition: form-data; name="f"; filename="' + name + b'"\r\nContent-Type: application/pdf', body
    )


FIELD = part(b'Content-Disposition: form-data; name="subject"', b"begin 644 note.pdf\r\n#0V%T\r\n`\r\nend")


def post(body, length=None, *, fields=b""):
    size = len(body) if length is None else length
    head = (
        b"POST /box/Durand.pdf HTTP/1.1\r\nHost: webmail.example\r\nContent-Type: multipart/form-data; boundary=B7\r\n"
    )
    return head + fields + b"Content-Length: %d\r\n\r\n" % size + body


def up(body, *attachments, **more):
    uri = {"uri": "/box/" if attachments else "/box/*.pdf"}
    known = {"request_body_len": len(body), "status_code": 200, "response_body_len": 0}
    return Http(**(UP | uri | known | {"attachments": attachments, "upload": bool(attachments)} | more))


def test_a_form_with_a_file_is_an_attachment_without_its_name():
    body = form(FIELD, file(), FIELD)
    told = up(body, TOLD)
    check(HttpReader, [Orig(post(body)), Resp(OK), told, *END])
    assert b"Durand" not in repr(told).encode()


def test_several_files_are_several():
    body = form(file(), file(b"b.docx", b"PK"))
    check(HttpReader, [Orig(post(body)), Resp(OK), up(body, TOLD, Attachment("application/pdf", "docx", 2)), *END])


@pytest.mark.parametrize("parts", [(FIELD,), (FIELD, file(b"", b"")), ()])
def test_a_form_without_a_file_is_nothing(parts):
    body = form(*parts)
    check(HttpReader, [Orig(post(body)), Resp(OK), up(body), *END])


def test_a_chunked_form_is_read():
    body = form(file())
    head = post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = b"40\r\n" + body[:64] + b"\r\n%x\r\n" % (len(body) - 64) + body[64:] + b"\r\n0\r\n\r\n"
    check(HttpReader, [Orig(head + chunks), Resp(OK), up(body, TOLD, request_body_len=None), *END])


def test_a_large_upload_is_told_again_with_its_file():
    body = form(file(body=PDF * 1_500))
    early = {"status_code": None, "response_body_len": None}
    script = [
        Orig(post(b"", len(body))),
        up(body, **early),
        Orig(body),
        up(body, Attachment("application/pdf", "pdf", len(PDF) * 1_500), again=True, **early),
        Resp(OK),
        *END,
    ]
    check(HttpReader, script, splits=False)


def test_an_answer_that_comes_before_the_end_of_the_file():
    body = form(file())
    script = [
        Orig(post(body[:200], len(body))),
        Resp(OK),
        up(body),
        Orig(body[200:]),
        up(body, TOLD, again=True, status_code=None, response_body_len=None),
        *END,
    ]
    check(HttpReader, script)


def test_a_gap_within_the_file_leaves_the_attachment():
    body = form(file())
    hole = Attachment("application/pdf", "pdf", len(PDF) - 50, complete=False)
    (told,) = records(
        HttpReader, [Orig(post(body[:150], len(body))), OrigGap(50), Orig(body[200:]), Resp(OK), OrigEnd(), RespEnd()]
    )
    assert told.attachments == (hole,)


def test_a_connection_lost_within_the_file_leaves_the_attachment():
    body = form(file())
    (told,) = records(HttpReader, [Orig(post(body[:150], len(body))), OrigEnd(), RespEnd()])
    assert [(a.extension, a.complete) for a in told.attachments] == [("pdf", False)]


def test_a_form_is_read_up_to_a_limit():
    reader, piece, given, told = HttpReader(), b"x" * 8_191 + b"\n", 0, []
    feed(reader, Orig(post(file()[:-2], 1 << 40)))
    while (outcome := feed(reader, Orig(piece))) == MORE:
        given += len(piece)
    told = outcome.records
    assert MOST_FORM - len(piece) * 2 < given <= MOST_FORM
    assert [(a.extension, a.complete) for a in told[0].attachments] == [("pdf", False)]
    assert outcome.rest is Rest.DONE


# Downloads

GET = b"GET /get/Durand.pdf?id=1 HTTP/1.1\r\nHost: webmail.example\r\n\r\n"
SAVED = b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="' + NAME + b'"\r\n'


def answer(fields, body, length=None, status=b"200 OK"):
    size = b"Content-Length: %d\r\n" % (len(body) if length is None else length) if length != -1 else b""
    return b"HTTP/1.1 " + status + b"\r\n" + fields + size + b"\r\n" + body


def down(*attachments, size=WHOLE, **more):
    known = {"method": "GET", "host": "webmail.example", "uri": "/get/", "version": "1.1", "status_code": 200}
    of = {"resp_mime_type": "application/pdf", "response_body_len": size, "attachments": attachments}
    return Http(**(known | of | more))


def test_what_comes_to_be_saved_is_an_attachment():
    check(HttpReader, [Orig(GET), Resp(answer(SAVED, PDF)), down(TOLD), *END])


def test_until_the_connection_ends():
    script = [Orig(GET), Resp(answer(SAVED, PDF, -1)), RespEnd(), down(TOLD, size=None), OrigEnd(), Rest.DONE]
    check(HttpReader, script)


def test_an_encrypted_archive_says_so():
    body = b"PK\x03\x04\x14\x00\x01\x00" + b"\x07" * 40
    fields = SAVED.replace(b"application/pdf", b"application/zip")
    zipped = Attachment("application/zip", "pdf", len(body), protection="zip")
    check(
        HttpReader,
        [Orig(GET), Resp(answer(fields, body)), down(zipped, size=len(body), resp_mime_type="application/zip"), *END],
    )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (b"Content-Type: application/pdf\r\n", b"200 OK"),
        (b"Content-Type: text/html\r\nContent-Disposition: inline\r\n", b"200 OK"),
        (SAVED, b"404 Not Found"),
        (SAVED, b"302 Found"),
    ],
)
def test_a_page_is_no_attachment(fields, status):
    (told,) = records(HttpReader, [Orig(GET), Resp(answer(fields, PDF, status=status)), OrigEnd(), RespEnd()])
    assert (told.attachments, told.uri) == ((), "/get/*.pdf")


def test_a_head_without_its_body_is_none():
    head = GET.replace(b"GET ", b"HEAD ", 1)
    (told,) = records(HttpReader, [Orig(head), Resp(answer(SAVED, b"", 900)), OrigEnd(), RespEnd()])
    assert told.attachments == ()


def test_a_gap_within_a_download():
    script = [Orig(GET), Resp(answer(SAVED, PDF[:40], len(PDF))), RespGap(len(PDF) - 40), OrigEnd(), RespEnd()]
    (told,) = records(HttpReader, script)
    assert told.attachments == (Attachment("application/pdf", "pdf", len(PDF), complete=False),)


def test_a_huge_download_is_told_before_its_end():
    reader = HttpReader()
    feed(reader, Orig(GET))
    outcome = feed(reader, Resp(answer(SAVED, PDF, 1 << 30)))
    while outcome == MORE:
        outcome = feed(reader, Resp(b"x" * 65_536))
    assert outcome.records == (down(Attachment("application/pdf", "pdf", 1 << 30, complete=False), size=1 << 30),)
    assert outcome.rest is Rest.DONE
    assert reader._bodies < ENOUGH + 70_000


def test_a_file_that_is_put():
    put = b"PUT /drafts/a.pdf HTTP/1.1\r\nHost: webmail.example\r\n" + SAVED + b"Content-Length: %d\r\n\r\n" % len(PDF)
    (told,) = records(HttpReader, [Orig(put + PDF), Resp(OK), OrigEnd(), RespEnd()])
    assert (told.attachments, told.upload, told.uri) == ((TOLD,), True, "/drafts/")
