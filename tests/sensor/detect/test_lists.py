"""Lists of names: the longest suffix on any list wins, by label."""

import time
from dataclasses import replace

import pytest

from sensor.detect.alert import Hds
from sensor.detect.lists import parse

HEAD = "list: {name}\ntitle: T\ndate: 2026-11-21\nclasses: [a, b]\nroles: [chat, web]\nentries:\n"
ENTRY = "  - {{app: {app}, name: N, class: a, source: S, date: 2026-11-21, confidence: high, {names}}}\n"


def lists(**entries):
    files = []
    for name, lines in entries.items():
        text = HEAD.format(name=name) + "".join(ENTRY.format(app=app, names=names) for app, names in lines)
        files.append((f"{name}.yml", text))
    read, mistakes = parse(files)
    assert not mistakes, [str(m) for m in mistakes]
    return read


def wrong(entry):
    text = HEAD.format(name="messengers") + "  - " + entry + "\n"
    return [str(m) for m in parse([("m.yml", text)])[1]]


TWO = {
    "messengers": [("talk", "chat: [chat.example.org], web: [example.org, 'relay-*.example.net']")],
    "destinations": [("big", "web: [org.example.org, example.net, shared.example.com]")],
    "hds_capable": [("x", "hds: capable, web: [shared.example.com]")],
}


@pytest.mark.parametrize(
    ("host", "app", "role"),
    [
        ("example.org", "talk", "web"),
        ("www.example.org", "talk", "web"),
        ("chat.example.org", "talk", "chat"),
        ("a.b.chat.example.org", "talk", "chat"),
        ("org.example.org", "big", "web"),  # longest on any list
        ("x.org.example.org", "big", "web"),
        ("relay-7.example.net", "talk", "web"),  # before its parent
        ("deep.relay-7.example.net", "talk", "web"),
        ("relay.example.net", "big", "web"),
        ("CHAT.Example.org.", "talk", "chat"),
    ],
)
def test_found(host, app, role):
    found = lists(**TWO).classify(host)
    assert (found.app, found.role) == (app, role)


@pytest.mark.parametrize(
    "host", ["notexample.org", "example.org.evil.com", "org", "", ".", "chat-example.org", "192.0.2.1"]
)
def test_not_found(host):
    assert lists(**TWO).classify(host) is None


def test_a_name_on_two_lists_belongs_to_both_and_keeps_the_hds_answer():
    found = lists(**TWO).classify("a.shared.example.com")
    assert found.list == "destinations"
    assert found.on == {"destinations", "hds_capable"}
    assert found.hds is Hds.CAPABLE


def test_a_programs_own_bytes_come_before_any_name():
    tree = lists(**(TWO | {"remote_tools": [("talk2", "bytes: chat")]}))
    shown = tree.of("talk2", "www.example.org")
    assert (shown.list, shown.app, shown.role, shown.suffix) == ("remote_tools", "talk2", "chat", "")
    assert tree.of("unheard-of", "www.example.org").app == "talk"
    assert tree.of(None, None) is None
    assert tree.extended([]).of("talk2", None) == shown
    assert shown in tree.entries()


def test_place_is_app_or_suffix_or_domain_or_address():
    tree = replace(lists(**TWO), owner=lambda host: host.partition(".")[2])
    assert tree.place("www.example.org", "192.0.2.1") == "talk"
    assert tree.place("a.unknown.co.uk", "192.0.2.1") == "unknown.co.uk"
    assert tree.extended(()).place("a.unknown.co.uk", "192.0.2.1") == "unknown.co.uk"
    assert tree.place(None, "192.0.2.1") == "192.0.2.1"


def test_a_hundred_thousand_entries_cost_nothing_per_look_up():
    many = {"messengers": [(f"a{n}", f"web: [n{n}.example]") for n in range(20)]}
    small = lists(**many)
    big = lists(**many)
    for n in range(100_000):
        big._exact[f"host{n}.example.org"] = next(iter(big._exact.values()))
    hosts = [f"x{n}.host{n}.example.org" for n in range(4000)]

    def cost(tree):
        start = time.perf_counter()
        for host in hosts:
            tree._find(host)
        return time.perf_counter() - start

    assert min(cost(big) for _ in range(5)) < 5 * min(cost(small) for _ in range(5))


def test_titles_are_what_people_call_each_place():
    nameless = "  - {name: Orange, class: a, source: S, date: 2026-11-21, confidence: high, web: [orange.example, wanadoo.example]}\n"
    tree, _ = parse(
        [("a.yml", HEAD.format(name="mail") + nameless + ENTRY.format(app="talk", names="web: [talk.example]"))]
    )
    assert tree.titles() == {
        "orange.example": "Orange (orange.example)",
        "wanadoo.example": "Orange (wanadoo.example)",
        "talk": "N",
    }
    assert all(tree.place(name, "") in tree.titles() for name in ("a.wanadoo.example", "talk.example"))


def test_for_what_a_place_is_used():
    used = (
        HEAD.format(name="destinations")
        + "  - {name: PACS, class: a, use: imaging, source: S, date: 2026-11-21, confidence: high, web: [pacs.example]}\n"
    )
    tree, mistakes = parse([("a.yml", used)])
    assert (tree.uses(), mistakes) == ({"pacs.example": "imaging"}, [])


def test_memory_of_answers_is_bounded():
    tree = lists(**TWO)
    for n in range(20_000):
        tree.classify(f"h{n}.example.com")
    assert len(tree._seen) <= 8192


GOOD = "app: x, name: N, class: a, source: S, date: 2026-11-21, confidence: high"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{app: x, name: N, class: a, date: 2026-11-21, confidence: high, web: [a.b]}", "'source' is missing"),
        ("{app: x, name: N, class: a, source: S, confidence: high, web: [a.b]}", "'date' is missing"),
        ("{app: x, name: N, class: a, source: S, date: soon, confidence: high, web: [a.b]}", "'soon' is no date"),
        (
            "{app: x, name: N, class: c, source: S, date: 2026-11-21, confidence: high, web: [a.b]}",
            "'class' must be one of a, b",
        ),
        (
            "{app: x, name: N, class: a, source: S, date: 2026-11-21, confidence: sure, web: [a.b]}",
            "'confidence' must be one of",
        ),
        (f"{{{GOOD}, use: fun, web: [a.b]}}", "'use' must be one of patient, "),
        (f"{{{GOOD}, hds: yes, web: [a.b]}}", "'hds' must be one of service, capable"),
        (f"{{{GOOD}}}", "no names: give some under chat, web"),
        (f"{{{GOOD}, web: a.b}}", "'web' must be a list of names"),
        (f"{{{GOOD}, web: [A.b]}}", "'A.b' is no name"),
        (f"{{{GOOD}, web: ['*.a.bc']}}", None),
        (f"{{{GOOD}, web: [a.*.bc]}}", "'a.*.bc' is no name"),
        (f"{{{GOOD}, media: [a.bc]}}", "unknown key 'media'"),
        (f"{{{GOOD}, bytes: chat}}", None),
        (f"{{{GOOD}, bytes: media}}", "'bytes' must be one of chat, web"),
        (f"{{{GOOD.removeprefix('app: x, ')}, bytes: chat}}", "of an entry with an 'app'"),
        ("just text", "an entry is a mapping"),
    ],
)
def test_mistakes_carry_the_line(entry, said):
    if said is None:
        assert wrong(entry) == []
    else:
        (line,) = wrong(entry)
        assert line.startswith("m.yml:7: ")
        assert said in line


def test_a_file_that_is_no_list():
    assert [str(m) for m in parse([("m.yml", "a: 1")])[1]] == [
        "m.yml:1: a list needs 'list', 'title', 'classes', 'roles' and 'entries'"
    ]


def test_a_protocol_says_less_than_a_name():
    tree = lists(protocols=[("ica", "bytes: web")], hds_hosts=[("host", "web: [health.example]")])
    assert tree.of("ica", "app.health.example").app == "host"
    assert tree.of("ica", None).app == tree.of("ica", "nobody.example").app == "ica"
