from sensor.wire.mailbox import LINE_END, LINE_LIMIT, Flow, Session


def lines(*pieces: bytes) -> list[bytes]:
    flow, found = Flow(), []
    for piece in pieces:
        flow.add(piece)
        while (line := flow.line()) is not None:
            found.append(line)
    return found


def test_lines_in_any_cut():
    data = b"one\r\ntwo\nthree\r\nnever ended"
    assert lines(data) == lines(*(data[i : i + 1] for i in range(len(data)))) == [b"one", b"two", b"three"]


def test_of_a_long_line_both_ends_are_kept():
    data = b"* 1 FETCH (" + b"x" * 90_000 + b" BODY[] {12}"
    whole = lines(data + b"\r\n")
    assert len(whole[0]) == LINE_LIMIT
    assert whole[0].startswith(b"* 1 FETCH (xxx")
    assert whole[0].endswith(data[-LINE_END:])
    assert lines(*(data[i : i + 1_000] for i in range(0, len(data), 1_000)), b"\r\n")[0].endswith(data[-LINE_END + 1 :])


def test_a_line_without_end_is_not_held():
    flow = Flow()
    for _ in range(1_000):
        flow.add(b"x" * 1_000)
        assert flow.line() is None
        assert len(flow.data) <= LINE_LIMIT


def test_behind_a_gap_the_rest_of_a_line_is_none():
    flow = Flow()
    flow.add(b"half")
    flow.gap()
    flow.add(b"of it\r\nwhole\r\n")
    assert flow.line() == b"whole"


def test_bytes_that_are_no_line():
    flow = Flow()
    flow.add(b"abcdef\r\n")
    assert (flow.take(2), flow.take(2)) == (b"ab", b"cd")
    flow.give_back(b"xy")
    assert (flow.line(), flow.take()) == (b"xyef", b"")


def test_a_session_without_mail_tells_no_transfer():
    assert "transferred" not in Session().told()
