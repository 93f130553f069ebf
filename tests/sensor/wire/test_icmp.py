"""Which of ICMP's types answer one another."""

from sensor.wire.icmp import ANSWERS, ICMP, ICMPV6, PAIRS


def test_an_answer_is_answered_by_its_question():
    for proto, pairs in PAIRS.items():
        assert len(ANSWERS[proto]) == 2 * len(pairs)  # no type stands in two pairs
        assert all(ANSWERS[proto][ANSWERS[proto][kind]] == kind for kind in ANSWERS[proto])


def test_echo_and_neighbours():
    assert (ANSWERS[ICMP][8], ANSWERS[ICMPV6][128], ANSWERS[ICMPV6][135]) == (0, 129, 136)
    assert 3 not in ANSWERS[ICMP]
