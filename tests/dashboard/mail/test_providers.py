"""What the wizard knows of providers, and that it says where from."""

from dashboard.mail.providers import provider_of, providers


def test_an_address_finds_its_provider():
    found = provider_of("Cabinet@Wanadoo.fr")
    assert (found.name, found.server, found.port, found.security) == ("Orange", "smtp.orange.fr", 465, "tls")
    assert provider_of("a@free.fr").user_of("a@free.fr") == "a"
    assert provider_of("a@cabinet.example") is None


def test_each_is_safe_and_says_where_it_was_read():
    seen = [domain for one in providers() for domain in one.domains]
    assert len(seen) == len(set(seen)) > 30
    for one in providers():
        assert (one.security, one.port) in (("tls", 465), ("starttls", 587)), one
        assert ("ISPDB" in one.source) == (one.confidence == "high"), one
