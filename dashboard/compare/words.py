"""What `vigie compare` says, in both languages; values, flows and the kinds' own words stay as they are."""

from dashboard.compare import Kind
from dashboard.compare.judge import Why
from sensor.detect.policy import Language

REPORT: dict[Language, dict[str, str]] = {
    "fr": {
        "head": "{file} : {packets} paquets, lus aussi par Wireshark {version}",
        "kind": "  {kind:38} {agreed:>7} sur {counted:>7} pareils  {share:>8}",
        "same": "Les deux lisent la même chose.",
        "differ": "Ce que l’un des deux seulement a lu :",
        "flow": "  {ends}",
        "line": "    {kind} : {who} seul lit « {value} »",
        "right": "      sans doute juste : {who}, {why}",
        "open": "      indécis : {why}",
        "more": "… et {count} autres : --json les donne tous",
        "vigie": "Vigie",
        "wireshark": "Wireshark",
    },
    "en": {
        "head": "{file}: {packets} packets, read by Wireshark {version} too",
        "kind": "  {kind:38} {agreed:>7} of {counted:>7} alike  {share:>8}",
        "same": "Both read the same.",
        "differ": "What only one of the two read:",
        "flow": "  {ends}",
        "line": "    {kind}: only {who} reads “{value}”",
        "right": "      more likely right: {who}, {why}",
        "open": "      undecided: {why}",
        "more": "… and {count} more: --json has them all",
        "vigie": "Vigie",
        "wireshark": "Wireshark",
    },
}

KINDS: dict[Language, dict[Kind, str]] = {
    "fr": {
        Kind.PROTOCOL: "protocole",
        Kind.SNI: "nom demandé en TLS",
        Kind.QUIC_SNI: "nom demandé en QUIC",
        Kind.DNS_NAME: "nom cherché (DNS)",
        Kind.DNS_ANSWER: "réponse du DNS",
        Kind.HTTP_HOST: "site demandé en HTTP",
        Kind.SMTP_COMMAND: "étape d’un envoi de courrier (SMTP)",
        Kind.ATTACHMENT: "type d’une pièce jointe",
        Kind.SSH: "logiciel SSH",
        Kind.RDP: "protection demandée et choisie (RDP)",
        Kind.RFB: "version et mot de passe (VNC)",
    },
    "en": {
        Kind.PROTOCOL: "protocol",
        Kind.SNI: "name asked for in TLS",
        Kind.QUIC_SNI: "name asked for in QUIC",
        Kind.DNS_NAME: "name looked up (DNS)",
        Kind.DNS_ANSWER: "answer of the DNS",
        Kind.HTTP_HOST: "site asked for in HTTP",
        Kind.SMTP_COMMAND: "step of a mail's sending (SMTP)",
        Kind.ATTACHMENT: "type of an attachment",
        Kind.SSH: "SSH software",
        Kind.RDP: "protection asked for and chosen (RDP)",
        Kind.RFB: "version and password (VNC)",
    },
}

REASONS: dict[Language, dict[Why, str]] = {
    "fr": {
        Why.GAP: "il manque des octets de cet échange dans la capture, les deux le disent",
        Why.FOREIGN: "c’est un réseau d’un genre que Vigie ne lit pas, et Vigie le dit",
        Why.MALFORMED: "Wireshark lui-même dit mal formé ce paquet, ou un autre avant lui",
        Why.TOO_LONG: "c’est plus long que le protocole ne le permet",
        Why.NO_HOST: "ce n’est pas un nom de machine",
        Why.UNREAD: "c’était sur le câble, et Vigie ne l’a pas lu",
        Why.BY_PORT: "Wireshark se fie d’abord au numéro de port, Vigie aux octets",
        Why.WHOLE_MAIL: "Wireshark ne détaille un courrier que s’il l’a en entier",
        Why.NO_RULE: "aucune règle ne le dit",
    },
    "en": {why: str(why) for why in Why},
}
