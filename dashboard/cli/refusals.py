"""Why a capture file was not read, or not to its end, in French: who reads files says it in English (`sensor.capture`).

A line is "FILE: what is wrong", or "FILE: offset N: what is wrong". What has no French here stays as it is.
"""

import re

from dashboard.cli.words import Language

FRENCH = {
    "no such file": "ce fichier n’existe pas",
    "No such file or directory": "ce fichier n’existe pas",
    "may not be read (permission denied)": "lecture interdite (droits insuffisants)",
    "is a directory, not a capture file": "c’est un dossier, pas un fichier de capture",
    "empty file": "fichier vide",
    "cut within its header": "coupé dans son en-tête",
    "cut within a section header": "coupé dans un en-tête de section",
    "cut in mid-packet": "coupé au milieu d’un paquet",
    "a section header without byte-order magic": "un en-tête de section sans sa marque d’ordre des octets",
    "a section header claims an impossible length": "un en-tête de section annonce une longueur impossible",
    "an interface description is too short": "une description d’interface est trop courte",
    "more interfaces than any capture has": "plus d’interfaces qu’aucune capture n’en a",
    "a record claims to be longer than any frame": "un enregistrement se dit plus long que toute trame",
    "a block claims an impossible length": "un bloc annonce une longueur impossible",
    "a packet of an interface that was not described": "un paquet d’une interface qui n’a pas été décrite",
    "a block is too short for its packet": "un bloc est trop court pour son paquet",
    "the compressed data is damaged or cut": "les données compressées sont abîmées ou coupées",
    "the disk does not give more": "le disque n’en donne pas plus",
    "Wireshark's reader stopped here": "le lecteur de Wireshark s’est arrêté ici",
    "not a capture file": "ce n’est pas un fichier de capture",
    "cannot be read": "ne peut pas être lu",
}
_WHAT = re.compile("(?<=: )(" + "|".join(map(re.escape, sorted(FRENCH, key=len, reverse=True))) + r")(?=$|, |; | \()")
_REST = (
    (re.compile(r": offset (\d+): "), r" : position \1 : "),
    (re.compile(r", at byte (\d+) of what it holds"), r", à l’octet \1 de son contenu"),
    (re.compile(r", at byte (\d+)"), r", à l’octet \1"),
    (re.compile(r"\(byte 0: "), "(octet 0 : "),
    (
        re.compile(r"; other formats are read with Wireshark's (\w+), which is not installed \(package (\S+)\)$"),
        r" ; les autres formats se lisent avec \1 de Wireshark, qui n’est pas installé (paquet \2)",
    ),
    (re.compile(r"; Wireshark's (\w+) cannot read it either$"), r" ; \1 de Wireshark ne le lit pas non plus"),
)


def refusal(line: str, lang: Language) -> str:
    """The line in the reader's language. A file's own name is left alone, whatever it is."""
    found = next(reversed([*_WHAT.finditer(line)]), None)
    if lang != "fr" or found is None:
        return line
    at = line.rfind(": offset ", 0, found.start())
    before, after = (line[:at], line[at : found.start()]) if at >= 0 else (line[: found.start() - 2], ": ")
    for pattern, french in _REST:
        after = pattern.sub(french, after)
    rest = line[found.end() :]
    for pattern, french in _REST:
        rest = pattern.sub(french, rest)
    return before + (" : " if after == ": " else after) + FRENCH[found[1]] + rest
