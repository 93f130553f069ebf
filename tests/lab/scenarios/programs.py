"""Programs that no other scenario runs: HTTP/3 by aioquic, XMPP, IRC with a real client, OpenVPN, HL7."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import chat, mllp, other, quic


def _quic(name: str, server: str, size: int) -> Callable[[Lab], None]:
    def act(lab: Lab) -> None:
        quic.server(lab[server])
        quic.send(lab["accueil"], name, size)

    return act


def _xmpp(lab: Lab) -> None:
    chat.prosody(lab["unknown"])
    chat.sendxmpp(lab["accueil"], lab["unknown"], 20)


def _irc(lab: Lab) -> None:
    other.ngircd(lab["unknown"])
    chat.irssi(lab["accueil"], "depot.hebergeur.example")


def _hl7(lab: Lab, *, tls: bool) -> None:
    mllp.server(lab["unknown"], tls=tls)
    mllp.send(lab["medecin"], "depot.hebergeur.example", tls=tls)


SCENARIOS = (
    Scenario(
        name="quic_browsing",
        text="A page over HTTP/3 (aioquic): nothing to tell.",
        act=_quic("www.journal.example", "web", 0),
        seen=(Seen("udp", 443, "accueil", "web", out=2_000, into=20_000),),
    ),
    Scenario(
        name="quic_upload",
        text="A document goes to a transfer site over HTTP/3 (aioquic): told by the name in the Initial.",
        act=_quic("storm-eu.wetransfer.net", "transfer", 400_000),
        told=(Told("upload", "wetransfer", "transfer", device="accueil", peer="transfer", hds="not_listed", out=400_000,
                   host="storm-eu.wetransfer.net"),),
        seen=(Seen("udp", 443, "accueil", "transfer", out=400_000),),
    ),
    Scenario(
        name="xmpp_chat",
        text="Someone writes to a colleague by XMPP (Prosody, go-sendxmpp).",
        act=_xmpp,
        told=(Told("messaging", "xmpp", device="accueil", peer="unknown"),),
        seen=(Seen("tcp", 5222, "accueil", "unknown", out=1_500, into=2_000),),
    ),
    Scenario(
        name="irc_irssi",
        text="Someone chats on IRC in clear with a real client (irssi, ngIRCd).",
        act=_irc,
        told=(Told("messaging", "irc", device="accueil", peer="unknown"),),
        seen=(Seen("tcp", 6667, "accueil", "unknown", out=200, into=1_000),),
    ),
    Scenario(
        name="vpn_openvpn_tcp",
        text="The same over TCP, on the port of the web.",
        act=lambda lab: chat.openvpn(lab["medecin"], lab["support"], tcp=True),
        told=(Told("blindspot", "openvpn", device="medecin", peer="support"),),
        seen=(Seen("tcp", 443, "medecin", "support", out=3_000, into=20_000),),
    ),
    Scenario(
        name="vpn_openvpn",
        text="A post hides its traffic in an OpenVPN tunnel: a blind spot.",
        act=lambda lab: chat.openvpn(lab["medecin"], lab["support"]),
        told=(Told("blindspot", "openvpn", device="medecin", peer="support"),),
        seen=(Seen("udp", 1194, "medecin", "support", out=3_000, into=20_000),),
    ),
    Scenario(
        name="hl7_clear",
        text="A result goes to a centre outside as an HL7 message in clear (mllp_send, the server of PyPI's hl7).",
        act=partial(_hl7, tls=False),
        told=(Told("exposure", "hl7", device="medecin", peer="unknown"),),
        seen=(Seen("tcp", 2575, "medecin", "unknown", out=150, into=60),),
        roots=(mllp.ROOT,),
    ),
    Scenario(
        name="like_hl7_tls",
        text="A result goes to a centre outside as an HL7 message in TLS: nothing to tell.",
        act=partial(_hl7, tls=True),
        seen=(Seen("tcp", mllp.SECRET, "medecin", "unknown", out=500, into=1_000),),
        roots=(mllp.ROOT,),
    ),
    Scenario(
        name="like_dicom_tls",
        text="An image goes to a centre outside by DICOM in TLS (storescu, storescp): nothing to tell.",
        act=lambda lab: other.dicom(lab["medecin"], lab["unknown"], tls=True),
        seen=(Seen("tcp", 2762, "medecin", "unknown", out=3_000, into=1_000),),
    ),
)  # fmt: skip
