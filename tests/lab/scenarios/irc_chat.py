"""A post chats on IRC in clear."""

from tests.lab import canaries
from tests.lab.scenario import Seen, Told
from tests.lab.services import other, ssh

TOLD = (Told("messaging", "irc", device="accueil", peer="unknown"),)
SEEN = (Seen("tcp", 6667, "accueil", "unknown", out=80, into=300),)
NEEDS = ("irc",)


def act(lab):
    other.ngircd(lab["unknown"])
    typed = (
        "NICK canari",
        "USER canari 0 * :canari",
        "JOIN #salle",
        f"PRIVMSG #salle :{canaries.BODY}",
        "PRIVMSG #salle :oui",
        "QUIT",
    )
    ssh.type_in(lab["accueil"], ["nc", "-C", "-N", "depot.hebergeur.example", "6667"], typed, 0.8)
