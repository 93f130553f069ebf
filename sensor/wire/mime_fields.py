"""Header fields of a MIME part: what a part is, from its `Content-*` fields. Called by `sensor.wire.mime` for each of them.

* `Content-Type: type/subtype; name=value; name="value"`: RFC 2045 5.1; parameters are case-blind, comments rare.
* `name*0*=utf-8''a%20b; name*1=c`: a value in pieces and percent-encoded, RFC 2231.
* `name="=?utf-8?B?…?="`: an encoded word where none is allowed, which everybody sends (RFC 2047).
* `Content-Disposition: attachment; filename=…`: RFC 2183.

A file name is read for its extension only, in the function that finds it, and leaves none other than a word of
`EXTENSIONS`: in "Bilan M.Paul" what follows the dot is a patient. So no character set is ever decoded: the words are ASCII.
"""

import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

FIELD_LIMIT = 8192
"""Bytes of a field, folded lines together, that are looked at; what follows is skipped."""

BOUNDARY_LIMIT = 1024
"""Bytes of a boundary that are compared. RFC 2046 allows 70; a longer one than this is compared up to here."""

PIECES = 64
"""Pieces of an RFC 2231 value that are put together."""

_WORDS = """
    7z accdb ace ai apk apz arj asc avi b64 bak bat bin bmp bz2 c cab cda cer cfg chm class cmd com conf cpp crt css csv
    dat db dbf dcm dicom dll doc docm docx dot dotm dotx dwg dxf ehtml elm eml emf eps epub exe fax fse gif gpg gz
    h h264 har heic heif hl7 hpr hprim hqx hta htm html ical ics img ini iso jar java jfif jp2 jpe jpeg jpg js json key kml
    lha lnk log lzh m3u m4a m4v mdb mht mhtml mkv mov mp3 mp4 mpeg mpg msg msi numbers odb odg odp ods odt ogg old
    oxps p10 p12 p7b p7c p7m p7s p8 pages pas pdf pem pfx pgp php pkg png pot potx pps ppsx ppt pptm pptx prn ps ps1
    psd pst pub py rar raw rb reg rpm rpmsg rtf scr sdp sh sig sql svg swf sys tar tbz text tex tga tgz tif tiff tmp torrent tsv ttf
    txt url uue vbe vbs vcf vcs vsd vsdx wav wbmp webm webp wma wmf wmv wpd wps wri wsf xdm xla xlam xls xlsb xlsm xlsx xlt xltx
    xml xps xsl xz yaml yml z zip zipx zst
"""
EXTENSIONS = frozenset(_WORDS.split())
"""Every extension that is ever told: a closed list, so that no part of a name can pass for one."""

_TYPE = re.compile(rb"\s*([A-Za-z0-9!#$&^_.+-]{1,64})[ \t]*/[ \t]*([A-Za-z0-9!#$&^_.+-]{1,96})")
_PARAMETER = re.compile(rb";[\s;]*([^\s=;]+)[ \t\r\n]*=[ \t\r\n]*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL)
_PIECE = re.compile(rb"([^*]+)(?:\*(\d{1,4}))?(\*)?\Z")
_WORD = re.compile(rb"=\?[^?]{1,40}\?([bBqQ])\?([^?]*)\?=")
_Q = re.compile(rb"=([0-9A-Fa-f]{2})")
_EXTENSION = re.compile(rb"\.([A-Za-z0-9]{1,7})[\s\"'.;>?]*\Z")


@dataclass(slots=True)
class PartHeader:
    """What the fields of one part say. Filled field by field; the first `Content-Type` counts, as mail programs have it."""

    mime_type: str = "text/plain"
    typed: bool = False
    boundary: bytes | None = None
    smime_type: str | None = None
    encoding: str = "7bit"
    disposition: str | None = None
    named: bool = False
    extension: str | None = None
    content_id: bool = False
    form: bool = False  # a part of multipart/form-data: only a `filename` makes a file of it


def read_field(header: PartHeader, line: bytes) -> None:
    """Take what one unfolded field says into `header`. Never fails: a broken field says nothing."""
    colon = line.find(b":", 0, 64)
    reader = _FIELDS.get(line[:colon].strip().lower()) if colon > 0 else None
    if reader is not None:
        reader(header, line[colon + 1 : FIELD_LIMIT])


def _content_type(header: PartHeader, value: bytes) -> None:
    found = _TYPE.match(value)
    wanted = parameters(value)
    if found and not header.typed:
        header.typed = True
        header.mime_type = f"{found[1].decode('ascii')}/{found[2].decode('ascii')}".lower()
        smime = wanted.get(b"smime-type")
        header.smime_type = smime.decode("ascii", "ignore").lower() if smime else None
    if header.boundary is None:
        header.boundary = wanted.get(b"boundary", b"")[:BOUNDARY_LIMIT].rstrip() or None
    _name(header, wanted.get(b"name"))


def _content_disposition(header: PartHeader, value: bytes) -> None:
    word = value.split(b";", 1)[0].strip().lower()
    if header.disposition is None and word:
        known = {b"attachment": "attachment", b"inline": "inline", b"form-data": "form-data"}
        header.disposition = known.get(word, "attachment")  # RFC 2183 2.8: an unknown one is an attachment
    _name(header, parameters(value).get(b"filename"))


def _content_transfer_encoding(header: PartHeader, value: bytes) -> None:
    header.encoding = value.split(b";", 1)[0].split(b"(", 1)[0].strip().lower()[:32].decode("ascii", "ignore")


def _content_id(header: PartHeader, value: bytes) -> None:
    header.content_id = header.content_id or bool(value.strip())


def _name(header: PartHeader, name: bytes | None) -> None:
    if name is None or not name.strip():
        return
    header.named = True
    header.extension = header.extension or extension(name)


_FIELDS = {
    b"content-type": _content_type,
    b"content-disposition": _content_disposition,
    b"content-transfer-encoding": _content_transfer_encoding,
    b"content-id": _content_id,
}


def parameters(value: bytes) -> dict[bytes, bytes]:
    """The parameters of a field by lower-case name, RFC 2231 pieces put together and decoded to bytes."""
    whole: dict[bytes, bytes] = {}
    pieces: dict[bytes, dict[int, bytes]] = {}
    for found in _PARAMETER.finditer(value):
        name = _PIECE.match(found[1].lower())
        if name is None:
            continue
        text = _unquoted(found[2])
        number = int(name[2] or 0)
        if name[3]:
            text = unquote_to_bytes(text.split(b"'", 2)[-1] if number == 0 else text)
        if name[2] is None and name[3]:
            whole[name[1]] = text
        elif name[2] is None:
            whole.setdefault(name[1], text)
        elif number < PIECES:
            pieces.setdefault(name[1], {})[number] = text
    for key, parts in pieces.items():
        whole[key] = b"".join(parts[i] for i in sorted(parts))
    return whole


def _unquoted(text: bytes) -> bytes:
    text = text.strip()
    if text.startswith(b'"'):
        text = text[1:-1] if len(text) > 1 and text.endswith(b'"') else text[1:]
        text = re.sub(rb"\\(.)", rb"\1", text, flags=re.DOTALL) if b"\\" in text else text
    return text


def extension(name: bytes) -> str | None:
    """The extension of a file name, in lower case, if it is one of `EXTENSIONS`; encoded words are decoded first."""
    if b"=?" in name:
        name = re.sub(rb"\?=\s+=\?", b"?==?", name)
        name = _WORD.sub(_decoded_word, name)
    found = _EXTENSION.search(name[-64:])
    word = found[1].decode("ascii").lower() if found else ""
    return word if word in EXTENSIONS else None


def _decoded_word(word: re.Match[bytes]) -> bytes:
    if word[1] in b"qQ":
        return _Q.sub(lambda code: bytes((int(code[1], 16),)), word[2])
    text = word[2].rstrip(b"=")
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""
