from sensor.track.names import Names
from sensor.wire.records import Dns, DnsAnswer


def response(query, *answers):
    return Dns(1, is_response=True, query=query, qtype_name="A", answers=answers)


def test_an_address_is_known_by_the_name_asked_for_not_the_last_alias():
    names = Names()
    names.learn(
        "192.168.1.10",
        response(
            "www.example.fr",
            DnsAnswer("www.example.fr", "CNAME", "edge.cdn.example", 60),
            DnsAnswer("edge.cdn.example", "A", "192.0.2.1", 60),
        ),
    )
    assert names.of("192.168.1.10", "192.0.2.1") == "www.example.fr"


def test_what_one_device_asked_explains_nothing_for_another():
    names = Names()
    names.learn("192.168.1.10", response("www.example.fr", DnsAnswer("www.example.fr", "A", "192.0.2.1", 60)))
    assert names.of("192.168.1.11", "192.0.2.1") is None


def test_a_question_alone_names_nothing():
    names = Names()
    names.learn("192.168.1.10", Dns(1, is_response=False, query="www.example.fr", qtype_name="A"))
    assert len(names) == 0


def test_https_brings_addresses_and_keys_of_outer_names():
    names = Names()
    key = DnsAnswer("www.example.fr", "HTTPS", "192.0.2.1", 60, ("outer.example",))
    names.learn("d", response("www.example.fr", DnsAnswer("www.example.fr", "HTTPS", "cdn.example", 60), key))
    assert names.of("d", "192.0.2.1") == "www.example.fr"
    assert names.of("d", "cdn.example") is None
    assert names.hides_behind("d", "outer.example")
    assert not names.hides_behind("e", "outer.example")
    assert not names.hides_behind("d", "192.0.2.1")


def test_a_service_that_was_asked_for_names_no_host():
    names = Names()
    names.learn("d", response("_dns.resolver.arpa", DnsAnswer("", "SVCB", "2001:db8::1", 60, ("outer.example",))))
    assert len(names) == 0


def test_the_least_recently_used_goes_first_and_is_counted():
    names = Names(cap=2)
    for i in (1, 2):
        names.learn("d", response(f"n{i}.example", DnsAnswer("", "A", f"192.0.2.{i}", 60)))
    assert names.of("d", "192.0.2.1") == "n1.example"
    names.learn("d", response("n3.example", DnsAnswer("", "AAAA", "2001:db8::3", 60)))
    assert names.of("d", "192.0.2.2") is None
    assert names.of("d", "192.0.2.1") == "n1.example"
    assert names.evicted == 1
