"""What counts as agreement, and who is said to be right."""

import pytest

from dashboard.compare import Kind, Views, domain, name, verb
from dashboard.compare.judge import Why, compare


def views(*, gap: bool = False, doubtful: dict[Kind, set[str]] | None = None, **values: set[str]) -> Views:
    made = Views()
    flow = made.flow("1:x")
    flow.gap = gap
    flow.doubtful |= doubtful or {}
    for kind, found in values.items():
        flow.values[Kind(kind)] |= found
    return made


TLS = {"protocol": {"ssl"}}


@pytest.mark.parametrize(
    ("ours", "theirs", "agreed", "counted", "rights"),
    [
        (views(**TLS, sni={"a.example"}), views(**TLS, sni={"a.example"}), 1, 1, []),
        (views(**TLS), views(**TLS, sni={"a.example"}), 0, 1, ["wireshark"]),
        (views(**TLS, gap=True), views(**TLS, gap=True, sni={"a.example"}), 0, 1, ["wireshark"]),  # both could read it
        (views(**TLS), views(**TLS, doubtful={Kind.SNI: {"a.example"}}), 0, 0, [None]),
        (views(**TLS, sni={"a.example"}), views(**TLS, doubtful={Kind.SNI: {"a.example"}}), 0, 0, []),
        (views(**TLS), views(**TLS, sni={"a.example"}, doubtful={Kind.SNI: {"a.example"}}), 0, 1, ["wireshark"]),
        (views(**TLS), views(**TLS, sni={"not a host"}), 0, 1, ["vigie"]),
        (views(**TLS), views(**TLS, sni={"a" * 256}), 0, 1, ["vigie"]),
        (views(**TLS, sni={"b.example"}), views(**TLS), 0, 0, [None]),
        # a flow that one of the two does not read as TLS is no ground for its names
        (views(), views(sni={"a.example"}), 0, 0, []),
    ],
)
def test_names(ours, theirs, agreed, counted, rights):
    found = compare(ours, theirs)
    assert (found.agreed[Kind.SNI], found.counted[Kind.SNI]) == (agreed, counted)
    assert [each.right for each in found.differences] == rights


def test_a_protocol_that_only_one_names():
    found = compare(views(protocol={"smtp"}), Views())
    assert [(each.only, each.right) for each in found.differences] == [("vigie", "vigie")]
    found = compare(Views(), views(protocol={"smtp"}))
    assert (found.agreed[Kind.PROTOCOL], found.counted[Kind.PROTOCOL]) == (0, 1)
    assert [(each.only, each.right) for each in found.differences] == [("wireshark", "wireshark")]
    assert found.share(Kind.PROTOCOL) == 0
    assert found.share(Kind.SNI) is None


def test_flows_and_values_are_bounded(monkeypatch):
    monkeypatch.setattr("dashboard.compare.FLOWS_CAP", 2)
    monkeypatch.setattr("dashboard.compare.VALUES_CAP", 1)
    made = Views()
    for number in range(5):
        made.flow(str(number)).add(Kind.SNI, f"{number}.example")
    assert (len(made.flows), made.shed) == (2, 3)
    made.flow("0").add(Kind.SNI, "more.example")
    assert made.flow("0").values[Kind.SNI] == {"0.example"}


@pytest.mark.parametrize(
    ("address", "far"), [("<a@B.example.>", "b.example"), ("a@b@c.fr", "c.fr"), ("<>", ""), ("nobody", "")]
)
def test_only_the_domain_of_an_address_is_kept(address, far):
    assert domain(address) == far
    assert name("A.Example.") == "a.example"


@pytest.mark.parametrize(
    ("ours", "theirs", "counted", "why"),
    [(True, True, 0, Why.GAP), (True, False, 1, Why.UNREAD), (False, True, 1, Why.UNREAD)],
)
def test_missing_bytes_excuse_only_where_both_miss_them(ours, theirs, counted, why):
    found = compare(views(gap=ours), views(gap=theirs, protocol={"dns"}))
    assert found.counted[Kind.PROTOCOL] == counted
    assert [each.why for each in found.differences] == [why]


@pytest.mark.parametrize(("known", "counted"), [(False, 0), (True, 1)])
def test_a_network_that_vigie_says_it_does_not_read_counts_where_it_read_the_flow(known, counted):
    ours = views() if known else Views()
    ours.foreign = True
    assert compare(ours, views(protocol={"dns"})).counted[Kind.PROTOCOL] == counted


def test_a_malformed_packet_names_no_protocol():
    found = compare(views(), views(doubtful={Kind.PROTOCOL: {"dns"}}))
    assert found.counted[Kind.PROTOCOL] == 0
    assert [(each.value, each.right, each.why) for each in found.differences] == [("dns", None, Why.MALFORMED)]


@pytest.mark.parametrize(
    ("word", "told"), [("MAIL", "mail"), ("rcpt", "rcpt"), ("c2VjcmV0", "other"), ("", "other"), ("é", "other")]
)
def test_a_word_that_is_no_command_is_not_shown(word, told):
    assert verb(word) == told
