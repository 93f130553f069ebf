from tests.mailserver.fixtures import _one_mailserver, box, mailserver

__all__ = ["_one_mailserver", "box", "mailserver"]
