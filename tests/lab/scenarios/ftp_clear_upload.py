"""Results go out by FTP in clear, password and all (lftp, vsftpd)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import other, web

TOLD = (
    Told("exposure", "ftp", device="medecin", peer="unknown"),  # the password
    Told("exposure", "ftp", device="medecin", peer="unknown"),  # the file
)
SEEN = (Seen("tcp", 21, "medecin", "unknown", out=50, into=100),)
MAY = (Told("upload", device="medecin", peer="unknown"),)
NEEDS = ("exposure:ftp",)


def act(lab):
    other.vsftpd(lab["unknown"])
    other.lftp(lab["medecin"], "depot.hebergeur.example", web.document(lab["medecin"], 60_000))
