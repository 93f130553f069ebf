"""For the lab's own test: a root of a server's own, laid out and written to, in a scenario that does not end."""

from tests.lab.roots import Root
from tests.lab.scenario import Seen

SEEN = (Seen("tcp", 25, "scanner", "mail"),)


def act(lab):
    root = Root(lab["mail"], "tiny")
    if (root.top / "base.txt").read_text() != "base" or (root.top / "tiny.txt").read_text() != "tiny":
        raise AssertionError("the root is not made of its layers")
    root.file("/base.txt", "written in a lab")
    lab["mail"].run("sleep", "60", patience=90)
