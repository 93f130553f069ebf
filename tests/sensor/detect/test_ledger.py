"""The ledger: one alert per rule, app, device, peer and practice day; connections that grow are counted once."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.detect.alert import AlertDevice, AlertPeer, Category, Confidence, Nature, Severity
from sensor.detect.ledger import Ledger, Occurrence
from sensor.detect.policy import Practice
from sensor.detect.telling import Telling, Texts
from sensor.detect.words import Speaker
from tests.sensor.detect.made_up import MORNING, S, shipped

ZONE = Practice().timezone
HOUR = 3600 * S
DAY = 24 * HOUR
TEXTS = Texts("t", "a", "e", "{device} {sent}")
TELLING = Telling(Category.MESSAGING, Nature.SESSION, TEXTS, TEXTS, app="x")
SESSION = replace(TELLING, per="session")
MONTH = replace(TELLING, per="month", peer="any")


def ledger(**more):
    return Ledger(Speaker(shipped().rules.catalogue, ZONE), ZONE, **more)


def seen(uid="C1", out=100, into=10, packets=2, ts=MORNING, telling=TELLING, **more):
    values = {
        "rule": "r",
        "severity": Severity.LOW,
        "telling": telling,
        "app": "x",
        "confidence": Confidence.CERTAIN,
        "device": AlertDevice("192.168.1.20"),
        "peer": AlertPeer("203.0.113.9", 443),
        "place": "x",
        "started": ts,
        "ts": ts,
        "facts": {},
        "uid": uid,
        "bytes_out": out,
        "bytes_in": into,
        "packets": packets,
        "new": 1,
        "community_id": None,
        "ended": False,
    }
    return Occurrence(**(values | more))


def test_two_connections_of_a_day_are_one_alert():
    book = ledger()
    first = book.take(seen("C1", 100))
    second = book.take(seen("C2", 50, ts=MORNING + HOUR))
    assert first.id == second.id
    assert (second.count, second.bytes_out, second.bytes_in, second.packets) == (2, 150, 20, 4)
    assert (second.first_seen, second.last_seen) == (MORNING, MORNING + HOUR)


def test_a_connection_that_grows_counts_once_by_its_latest_figures():
    book = ledger()
    for out in (100, 250, 900):
        alert = book.take(seen(out=out, ts=MORNING + out * S))
    assert (alert.count, alert.bytes_out) == (1, 900)


def test_what_says_nothing_new_is_not_told_again():
    book = ledger()
    assert book.take(seen()) is not None
    assert book.take(seen()) is None
    assert book.take(seen(out=101)) is not None


def test_each_of_what_tells_them_apart_makes_another_alert():
    book = ledger()
    base = seen()
    others = [
        replace(base, rule="s"),
        replace(base, app="y"),
        replace(base, app=None),
        replace(base, device=AlertDevice("192.168.1.21")),
        replace(base, peer=AlertPeer("203.0.113.10", 443)),
        replace(base, ts=MORNING + DAY, started=MORNING + DAY),
    ]
    ids = {book.take(o).id for o in [base, *others]}
    assert len(ids) == 7


def test_a_port_or_an_address_of_the_same_place_is_no_other_peer():
    book = ledger()
    assert book.take(seen()).id == book.take(seen("C2", peer=AlertPeer("203.0.113.9", 80))).id
    by_place = replace(TELLING, peer="place")
    assert (
        book.take(seen(telling=by_place, rule="p")).id
        == book.take(seen("C2", telling=by_place, rule="p", peer=AlertPeer("198.51.100.1", 443))).id
    )


def test_a_named_post_is_the_same_under_another_address():
    book = ledger()
    a = book.take(seen(device=AlertDevice("192.168.1.20", name="Accueil")))
    b = book.take(seen("C2", device=AlertDevice("192.168.1.99", name="Accueil")))
    assert a.id == b.id


def test_the_same_facts_give_the_same_id_again():
    assert ledger().take(seen()).id == ledger().take(seen("other", 5, ts=MORNING + HOUR)).id


def test_the_day_is_the_practices_own():
    book = ledger()
    before = MORNING + 14 * HOUR  # 23:00 in Paris
    late = book.take(seen(ts=before))
    after = book.take(seen("C2", ts=before + 2 * HOUR))  # 01:00 there, the same UTC day
    assert late.id != after.id


def test_the_next_days_alert_names_the_one_before_and_counts_only_its_own_bytes():
    book = ledger()
    monday = book.take(seen(out=1_000))
    tuesday = book.take(seen(out=1_500, ts=MORNING + DAY, started=MORNING))
    assert dict(tuesday.evidence)["previous"] == monday.id
    assert (tuesday.count, tuesday.bytes_out, tuesday.first_seen) == (1, 500, MORNING + DAY)


def test_a_session_is_one_each_over_midnight_too():
    book = ledger()
    first = book.take(seen(telling=SESSION))
    grown = book.take(seen(telling=SESSION, out=900, ts=MORNING + DAY, started=MORNING, ended=True))
    other = book.take(seen("C2", telling=SESSION, ts=MORNING + HOUR))
    assert first.id == grown.id != other.id
    assert (grown.count, grown.bytes_out, grown.ended) == (1, 900, True)
    assert not other.ended


def test_what_is_told_once_a_month_is_told_once():
    book = ledger()
    first = book.take(seen(telling=MONTH))
    again = [book.take(seen(f"D{n}", telling=MONTH, ts=MORNING + n * S)) for n in range(1, 300)]
    assert again == [None] * 299
    kept = book.take(seen("E", telling=MONTH, ts=MORNING + 29 * DAY))
    assert kept.id == first.id
    assert kept.count == 301
    assert book.take(seen("F", telling=MONTH, ts=MORNING + 31 * DAY)).id != first.id


def test_certain_once_is_certain():
    book = ledger()
    assert book.take(seen(confidence=Confidence.PROBABLE)).confidence == "probable"
    assert book.take(seen("C2")).confidence == "certain"
    assert book.take(seen("C3", confidence=Confidence.PROBABLE)).confidence == "certain"


def test_facts_add_up():
    book = ledger()
    book.take(seen(None, facts={"attachments": 1, "mime_types": "a/b", "tls": "none", "extensions": "pdf"}))
    alert = book.take(seen(None, facts={"attachments": 2, "mime_types": "c/d", "tls": "offered", "extensions": "pdf"}))
    assert dict(alert.evidence) == {"attachments": 3, "mime_types": "a/b, c/d", "tls": "offered", "extensions": "pdf"}
    assert alert.count == 2


def test_a_set_of_words_is_bounded():
    book = ledger()
    for n in range(40):
        alert = book.take(seen(None, facts={"recipient_domains": f"d{n}.example"}))
    assert len(dict(alert.evidence)["recipient_domains"].split(", ")) == 9
    assert dict(alert.evidence)["recipient_domains"].endswith("…")


def test_an_alert_of_an_earlier_run_goes_on_under_its_id():
    first = ledger().take(seen(out=1_000))
    for telling in (TELLING, replace(TELLING, peer="place"), replace(TELLING, peer="any"), MONTH):
        before = ledger(place=lambda _host, _ip: "x").take(seen(out=1_000, telling=telling))
        book = ledger(place=lambda _host, _ip: "x")
        book.reload([before], {"r": telling})
        after = book.take(seen("C2", out=1, telling=telling, ts=MORNING + HOUR))
        assert (after.id, after.count, after.bytes_out) == (before.id, 2, 1_001)
        assert after.first_seen == first.first_seen


def test_a_session_of_an_earlier_run_goes_on_under_its_id():
    before = ledger().take(seen(telling=SESSION))
    book = ledger()
    book.reload([before], {"r": SESSION})
    assert book.take(seen("C9", telling=SESSION, ts=MORNING + HOUR, started=MORNING)).id == before.id


def test_the_rest_of_a_session_that_an_earlier_run_left_open_goes_on_under_its_id():
    before = ledger().take(seen(telling=SESSION, out=900))
    later = {"telling": SESSION, "out": 5, "ts": MORNING + HOUR, "started": MORNING + HOUR}
    book = ledger()
    book.reload([before], {"r": SESSION})
    rest = book.take(seen("C9", facts={"start_seen": False}, **later))
    assert (rest.id, rest.first_seen, rest.bytes_out) == (before.id, MORNING, 905)
    assert book.take(seen("C9", facts={"start_seen": False}, **(later | {"out": 7}))).id == before.id
    for change in ({"facts": {}}, {"peer": AlertPeer("203.0.113.9", 444), "facts": {"start_seen": False}}):
        other = ledger()
        other.reload([before], {"r": SESSION})
        assert other.take(seen("C9", **(later | change))).id != before.id


def test_a_session_that_was_over_is_not_taken_up_again():
    before = ledger().take(seen(telling=SESSION, ended=True))
    book = ledger()
    book.reload([before], {"r": SESSION})
    again = book.take(seen("C9", telling=SESSION, ts=MORNING + HOUR, facts={"start_seen": False}))
    assert again.id != before.id


def test_alerts_of_rules_that_are_gone_are_left_alone():
    book = ledger()
    book.reload([ledger().take(seen())], {})
    assert len(book) == 0


def test_full_tables_evict_and_count():
    book = ledger(cap=10)
    for n in range(25):
        book.take(seen(device=AlertDevice(f"192.168.1.{n}")))
    assert (len(book), book.evicted) == (10, 15)
    for n in range(600):
        book.take(seen(f"C{n}"))
    assert book.evicted_conns == 600 - 64


def test_what_can_no_longer_grow_is_forgotten():
    book = ledger()
    book.take(seen())
    book.tick(MORNING + DAY)
    assert len(book) == 1
    book.tick(MORNING + 40 * DAY)
    assert len(book) == 0


growth = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 3600)),
    min_size=1,
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(growth, st.randoms(use_true_random=False))
def test_order_and_duplication_of_growth_do_not_count_twice(steps, random):
    """Counters only grow; whatever order they are reported in, and however often, the sums are those of the last reports."""
    last = {}
    reports = []
    for uid, out, into, at in steps:
        before = last.get(uid, (0, 0))
        last[uid] = (before[0] + out, before[1] + into)
        reports.append(seen(uid, *last[uid], packets=1, ts=MORNING + at * S, started=MORNING + at * S))
    shuffled = reports + random.choices(reports, k=len(reports))
    random.shuffle(shuffled)
    book = ledger()
    alert = [told for o in shuffled if (told := book.take(o))][-1]
    assert (alert.bytes_out, alert.bytes_in) == (sum(v[0] for v in last.values()), sum(v[1] for v in last.values()))
    assert (alert.count, alert.packets) == (len(last), len(last))
    assert alert.first_seen == min(o.started for o in reports)
    assert alert.last_seen == max(o.ts for o in reports)
