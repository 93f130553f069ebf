"""An image goes to a centre outside by DICOM in clear (storescu, storescp)."""

from tests.lab.scenario import Seen, Told
from tests.lab.services import other

TOLD = (Told("exposure", "dicom", device="medecin", peer="unknown"),)
SEEN = (Seen("tcp", 104, "medecin", "unknown", out=3_000),)
MAY = (Told("upload", device="medecin", peer="unknown"),)
NEEDS = ("exposure:dicom",)


def act(lab):
    other.dicom(lab["medecin"], lab["unknown"])
