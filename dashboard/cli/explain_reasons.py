"""Why a reader stopped, in French: readers say it in English, and what they counted stands in it as numbers.

A test reads what the readers say off their source: each of it has its line here.
"""

import re

from dashboard.cli.words import Language

FRENCH = {
    "a frame of more than 64 KiB": "une trame de plus de 64 Kio",
    "a head of more than * lines": "un en-tête de plus de * lignes",
    "a hello longer than any": "une ouverture plus longue que toute autre",
    "a label of a kind that was never used": "un morceau de nom d’un genre jamais utilisé",
    "a length that LDAP does not allow": "une longueur que LDAP ne permet pas",
    "a line of more than * bytes": "une ligne de plus de * octets",
    "a message of more than 64 KiB": "un message de plus de 64 Kio",
    "a name longer than 255 octets": "un nom de plus de 255 octets",
    "a name that does not end": "un nom qui ne finit pas",
    "a pointer that does not go back": "un renvoi qui ne va pas en arrière",
    "a text that does not end": "un texte qui ne finit pas",
    "an SSL 2 hello longer than any": "une ouverture SSL 2 plus longue que toute autre",
    "an answer without its target": "une réponse sans sa cible",
    "an extension longer than its list": "une extension plus longue que sa liste",
    "an option without a length": "une option sans longueur",
    "another part was due": "une autre partie était attendue",
    "bits that are always zero": "des bits qui sont toujours à zéro",
    "client version *": "version * du client",
    "* bytes announced, * left": "* octets annoncés, il en reste *",
    "* bytes behind the message": "* octets derrière le message",
    "cut within its ids": "coupé au milieu de ses identifiants",
    "ended before anything was said": "fini avant que rien ne soit dit",
    "extensions longer than their message": "des extensions plus longues que leur message",
    "extensions without their length": "des extensions sans leur longueur",
    "lines that are none of the protocol's": "des lignes étrangères au protocole",
    "malformed": "mal formé",
    "media one way, or none": "un son ou une image dans un seul sens, ou aucun",
    "media takes several datagrams": "un son ou une image demande plusieurs datagrammes",
    "more records than there is room for": "plus d’enregistrements qu’il n’y a de place",
    "neither a request nor a status line": "ni une demande ni une ligne d’état",
    "no DUID": "pas d’identifiant (DUID)",
    "no answer": "pas de réponse",
    "not media": "ni son ni image",
    "no answer of SMTP": "pas une réponse de SMTP",
    "no banner": "pas d’annonce",
    "no commands and no answers": "ni commandes ni réponses",
    "no connection request": "pas de demande de connexion",
    "no greeting": "pas de salutation",
    "no head": "pas d’en-tête",
    "no header": "pas d’en-tête",
    "no hello": "pas d’ouverture",
    "no line of FTP": "pas une ligne de FTP",
    "no line of IRC": "pas une ligne d’IRC",
    "no message": "pas de message",
    "no new keys": "pas de nouvelles clés",
    "no opening": "pas d’ouverture",
    "no sign": "aucun signe connu",
    "no stream": "pas de flux",
    "no such class": "cette classe n’existe pas",
    "no such message": "ce message n’existe pas",
    "no such opcode": "ce code d’opération n’existe pas",
    "no version": "pas de version",
    "not DHCP": "ce n’est pas du DHCP",
    "not LDAP": "ce n’est pas du LDAP",
    "not LLDP": "ce n’est pas du LLDP",
    "not SSDP": "ce n’est pas du SSDP",
    "not a NetBIOS datagram": "ce n’est pas un datagramme NetBIOS",
    "not a NetBIOS name": "ce n’est pas un nom NetBIOS",
    "not a STUN message": "ce n’est pas un message STUN",
    "not a TLS record": "ce n’est pas un bloc TLS",
    "not a banner": "ce n’est pas une annonce",
    "not a chunk's length": "ce n’est pas la longueur d’un morceau",
    "not a frame": "ce n’est pas une trame",
    "not a long header of a known version": "ce n’est pas un en-tête long d’une version connue",
    "not a neighbour's advertisement": "ce n’est pas l’annonce d’un voisin",
    "not a packet": "ce n’est pas un paquet",
    "not a version of RFB": "ce n’est pas une version de RFB",
    "not an RDP opening": "ce n’est pas une ouverture de RDP",
    "not an SSL 2 hello": "ce n’est pas une ouverture SSL 2",
    "not an advertisement": "ce n’est pas une annonce",
    "not of Ethernet and IPv4": "ni Ethernet ni IPv4",
    "not recognised": "non reconnu",
    "nothing asked, nothing answered": "rien n’est demandé, rien n’est répondu",
    "nothing was asked": "rien n’a été demandé",
    "nothing known inside": "rien de connu à l’intérieur",
    "other reasons": "d’autres raisons",
    "server version *": "version * du serveur",
    "too many options": "trop d’options",
    "too many protocols in one another": "trop de protocoles les uns dans les autres",
}
"""A star stands for what differs each time."""
_PATTERNS = [
    (re.compile(re.escape(english).replace(r"\*", "([0-9a-f]+)")), french)
    for english, french in FRENCH.items()
    if "*" in english
]


def said(reason: str, lang: Language) -> str:
    """`reason`: "imap: a line of more than 1000 bytes". What is not known here stays as it is."""
    protocol, colon, text = reason.partition(": ")
    return (
        protocol + (" : " if lang == "fr" else colon) + (_french(text) if lang == "fr" else text) if colon else reason
    )


def _french(text: str) -> str:
    for pattern, french in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            for number in found.groups():
                french = french.replace("*", number, 1)  # noqa: PLW2901  (one star after the other)
            return french
    return FRENCH.get(text, text)
