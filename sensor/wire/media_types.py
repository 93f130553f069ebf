"""Media types that may be told (RFC 2045 5.1, RFC 6838; names of IANA's registry and of common use). Called wherever a record gets one.

A closed list: whoever writes a mail or a form writes its types, and a careless program writes a file's name there, or a
patient's. Of a type that is not listed only the family is told, as `family/*`; of a family that is none, `UNKNOWN`.
"""

UNKNOWN = "application/octet-stream"

_LISTED = {
    "application": """
        atom+xml cbor cda+xml csv dicom dicom+json dicom+xml dns-message edi-consent edi-x12 edifact epub+zip fhir+json fhir+xml
        font-woff gzip hl7v2 hl7v2+er7 hl7v2+xml http ics java-archive javascript json ld+json mac-binhex40 mbox ms-tnef msaccess
        msexcel mspowerpoint msword ocsp-request ocsp-response octet-stream ogg pdf pgp pgp-encrypted pgp-keys pgp-signature pics-rules
        pkcs10 pkcs7-mime pkcs7-signature pkcs8 pkix-cert pkix-crl pkixcmp postscript powerpoint problem+json protobuf rdf+xml
        rss+xml rtf sdp sgml sipc smil soap+xml sql timestamp-query timestamp-reply vcard
        vnd.adobe.air-application-installer-package+zip vnd.android.package-archive vnd.api+json vnd.apple.keynote vnd.apple.mpegurl
        vnd.apple.numbers vnd.apple.pages vnd.debian.binary-package vnd.google-apps.document vnd.google-earth.kml+xml
        vnd.google-earth.kmz vnd.lotus-1-2-3 vnd.mozilla.xul+xml vnd.ms-access vnd.ms-cab-compressed vnd.ms-excel
        vnd.ms-excel.addin.macroenabled.12 vnd.ms-excel.sheet.binary.macroenabled.12 vnd.ms-excel.sheet.macroenabled.12
        vnd.ms-fontobject vnd.ms-htmlhelp vnd.ms-office vnd.ms-officetheme vnd.ms-outlook vnd.ms-pki.seccat vnd.ms-powerpoint
        vnd.ms-powerpoint.presentation.macroenabled.12 vnd.ms-project vnd.ms-publisher vnd.ms-tnef
        vnd.ms-word.document.macroenabled.12 vnd.ms-works vnd.ms-xpsdocument vnd.oasis.opendocument.formula
        vnd.oasis.opendocument.graphics vnd.oasis.opendocument.presentation vnd.oasis.opendocument.spreadsheet
        vnd.oasis.opendocument.text vnd.oasis.opendocument.text-template vnd.openxmlformats
        vnd.openxmlformats-officedocument.presentationml.presentation vnd.openxmlformats-officedocument.presentationml.slideshow
        vnd.openxmlformats-officedocument.spreadsheetml.sheet vnd.openxmlformats-officedocument.spreadsheetml.template
        vnd.openxmlformats-officedocument.wordprocessingml.document vnd.openxmlformats-officedocument.wordprocessingml.template
        vnd.rar vnd.rn-realmedia vnd.sqlite3 vnd.sun.xml.calc vnd.sun.xml.writer vnd.visio vnd.wap.mms-message vnd.wordperfect wasm
        wordperfect x-7z-compressed x-abiword x-ace-compressed x-amf x-apple-diskimage x-arj x-bittorrent x-bzip x-bzip2 x-compress
        x-compressed x-cpio x-csh x-debian-package x-deb x-dicom x-dosexec x-download x-dvi x-executable x-fictionbook+xml x-font-ttf
        x-force-download x-gtar x-gzip x-hprim x-iso9660-image x-java-archive x-java-jnlp-file x-javascript x-latex x-lha x-lzh
        x-lzip x-lzma x-macbinary x-mobipocket-ebook x-mplayer2 x-ms-installer x-ms-wmz x-msaccess x-msdos-program x-msdownload
        x-msexcel x-msi x-mspublisher x-mswrite x-object x-ole-storage x-pdf x-pem-file x-perl x-pgp x-pgp-message x-php
        x-pkcs12 x-pkcs7-certificates x-pkcs7-mime x-pkcs7-signature x-python x-rar x-rar-compressed x-redhat-package-manager x-rpm
        x-rtf x-ruby x-sh x-shar x-shockwave-flash x-silverlight-app x-sql x-sqlite3 x-stuffit x-sv4cpio x-tar x-tex x-tika-msoffice
        x-troff x-unknown-content-type x-vcard x-webarchive x-wls-x509-ca-cert x-www-form-urlencoded x-x509-ca-cert
        x-x509-user-cert x-xpinstall x-xz x-zip x-zip-compressed xhtml+xml xml xml-dtd xslt+xml yaml zip zlib zstd
        applefile binary dash+xml download font-sfnt font-tdpfr force-download grpc grpc-web+proto hta mp4 unknown vq-rtcpxr wsdl+xml
    """,
    "audio": """
        3gpp aac ac3 aiff amr basic flac midi mp3 mp4 mpeg mpegurl ogg opus vnd.wave wav webm x-aiff x-flac x-m4a x-matroska
        x-midi x-mp3 x-mpeg x-mpegurl x-ms-wma x-pn-realaudio x-wav
    """,
    "chemical": "x-pdb",
    "font": "collection otf sfnt ttf woff woff2",
    "image": """
        apng avif bmp cgm dicom-rle dwg emf g3fax gif heic heif ico icon jls jp2 jpeg jpg jpx jxl ktx pict pjpeg png psd
        svg+xml tif tiff tiff-fx vnd.adobe.photoshop vnd.djvu vnd.dwg vnd.dxf vnd.microsoft.icon vnd.ms-photo vnd.wap.wbmp webp
        wmf x-bmp x-cmu-raster x-dicom x-emf x-icon x-jg x-ms-bmp x-pcx x-photoshop x-pict x-png x-portable-anymap
        x-portable-bitmap x-portable-graymap x-portable-pixmap x-rgb x-targa x-tga x-tiff x-win-bitmap x-wmf x-xbitmap x-xpixmap
        x-xwindowdump
    """,
    "message": """
        cpim delivery-status disposition-notification external-body feedback-report global global-delivery-status
        global-disposition-notification global-headers http imdn+xml news partial rfc822 s-http sip tracking-status
    """,
    "model": "gltf+json gltf-binary iges mesh obj stl vrml",
    "multipart": """
        alternative appledouble byteranges digest encrypted form-data header-set mixed parallel related report signed voice-message
        x-mixed-replace x-multi-encrypted
    """,
    "text": """
        calendar cache-manifest comma-separated-values css csv directory dns ecmascript enriched event-stream html javascript json
        markdown pdf plain prs.lines.tag rfc822-headers richtext rtf sgml tab-separated-values troff uri-list vcard vnd.abc
        vnd.wap.wml vtt x-asm x-c x-c++src x-csrc x-csv x-diff x-hl7-ft x-hprim x-java x-javascript x-log x-markdown x-ms-iqy
        x-patch x-perl x-php x-python x-script x-sgml x-sh x-shellscript x-tex x-uuencode x-vcalendar x-vcard x-yaml xml yaml
    """,
    "video": """
        3gpp 3gpp2 avi h264 mp2t mp4 mpeg ogg quicktime vnd.mpegurl webm x-f4v x-flv x-m4v x-matroska x-mng x-ms-asf x-ms-wm
        x-ms-wmv x-msvideo x-sgi-movie
    """,
}
LISTED = {family: frozenset(words.split()) for family, words in _LISTED.items()}


def told(written: str) -> str:
    """What may be told of `written`, a type in lower case without its parameters."""
    family, _, subtype = written.partition("/")
    listed = LISTED.get(family)
    if listed is None:
        return UNKNOWN
    return written if subtype in listed else f"{family}/*"
