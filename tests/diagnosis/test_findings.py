"""What holds for all findings together: their order, healthy closes, our own doing, and hostile peers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.diagnosis.building import CLIENT, SERVER, Made, S, opened
from wsinspect.diagnosis import findings, for_and_against, path_lines, path_of
from wsinspect.model import EndedBy, Ending, Finding, Side, Strength

BROWSER = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36"


def test_the_same_message_elsewhere_makes_it_certain() -> None:
    order = '{"type":"place","qty":null}'
    crash = opened(number=4).text(CLIENT, 1000, order).shut(SERVER, 1040, 1011)
    before = opened(number=2, opened=-60 * S).text(CLIENT, 500, order).shut(SERVER, 530, 1011)
    other = opened(number=3, opened=-30 * S).text(CLIENT, 500, "{}").shut(SERVER, 530, 1011)
    first = findings(crash.evidence(before, other, messages=True))[0]
    assert (first.rule, first.strength, first.rows, first.others) == ("handler-failed", Strength.CERTAIN, (1,), (2,))
    assert findings(crash.evidence(other, messages=True))[0].strength is Strength.STRONG


def test_a_message_is_not_blamed_when_messages_come_all_the_time() -> None:
    busy = opened("server: uvicorn")
    for number in range(40):
        busy.text(CLIENT, 20 * number).text(SERVER, 20 * number + 1)
    killed = busy.text(CLIENT, 800).ends(SERVER, 812)
    assert findings(killed.evidence())[0].rule == "server-dropped"
    calm = opened("server: uvicorn").text(CLIENT, 20).text(SERVER, 21).text(CLIENT, 800).ends(SERVER, 812)
    assert findings(calm.evidence())[0].rule == "handler-dropped"


def test_causes_come_before_notes_and_the_surest_first() -> None:
    crash = opened("Server: nginx").text(CLIENT, 1000).ends(SERVER, 1040)
    found = findings(crash.evidence())
    assert [one.is_note for one in found] == sorted(one.is_note for one in found)
    causes = [one.strength for one in found if not one.is_note]
    assert causes == sorted(causes, reverse=True)
    assert any(one.is_note and one.strength > causes[0] for one in found)


def test_thin_evidence_says_what_to_capture() -> None:
    lone = findings(opened().text(CLIENT, 10).ends(SERVER, 7_300).evidence())
    assert [one.rule for one in lone][:2] == ["server-dropped", "thin-evidence"]
    assert "record several connections at once" in lone[1].next_step
    hidden = findings(opened("Server: nginx").text(CLIENT, 10).ends(SERVER, 7_370).evidence())
    assert "between nginx and the server" in next(one.next_step for one in hidden if one.rule == "thin-evidence")
    holes = opened().text(CLIENT, 10).gap(5000, SERVER).ends(SERVER, 7_300)
    assert "not recorded" in next(one.next_step for one in findings(holes.evidence()) if one.rule == "thin-evidence")


def test_what_is_likely_is_not_called_thin() -> None:
    found = findings(opened().text(CLIENT, 1000).shut(SERVER, 1040, 1011).evidence())
    assert "thin-evidence" not in [one.rule for one in found]


def test_an_end_that_no_rule_knows_is_called_thin() -> None:
    (only,) = findings(opened().text(SERVER, 5).shut(CLIENT, 9000, 1013).evidence())
    assert (only.rule, only.is_note, only.because) == ("thin-evidence", True, "nothing in it points at one")
    assert only.next_step == "compare with the client's log at that second"


HEALTHY = {
    "client done": opened().text(SERVER, 10).shut(CLIENT, 50, 1000, "bye"),
    "client done, answered with 1000 by habit": opened()
    .close(CLIENT, 50, 1000)
    .close(SERVER, 51, 1000)
    .ends(SERVER, 52),
    "server done": opened().text(CLIENT, 10).text(SERVER, 20).shut(SERVER, 5 * S, 1000),
    "page left": opened().asks(BROWSER).text(SERVER, 10).shut(CLIENT, 50, 1001),
    "app closed": opened().text(SERVER, 10).shut(CLIENT, 50, 1001),
    "no code": opened().text(SERVER, 10).shut(CLIENT, 50, None),
    "behind a gateway": opened("Server: nginx/1.22.1").text(SERVER, 10).shut(CLIENT, 90 * S, 1000),
    "with many like it": opened(number=9).text(SERVER, 10).shut(CLIENT, 50, 1000),
}
CROWD = [opened(number=number, opened=100 * number).text(SERVER, 10).shut(CLIENT, 50, 1000) for number in range(1, 8)]


@pytest.mark.parametrize("name", HEALTHY)
def test_a_normal_close_of_a_healthy_connection_gets_no_alarm(name: str) -> None:
    found = findings(HEALTHY[name].evidence(*CROWD))
    assert found
    assert not [one for one in found if one.is_alarm and not one.is_note]
    assert not found[0].is_alarm


OURS = {
    "stopped": opened().text(CLIENT, 10).ends(SERVER, 900, by=EndedBy.US),
    "stopped while a ping is out": opened().ping(SERVER, 10).ends(SERVER, 30 * S, by=EndedBy.US),
    "stopped after silence": opened("Server: nginx").text(CLIENT, 10).ends(SERVER, 60_010, by=EndedBy.US),
    "stopped after a big message": opened().text(CLIENT, 10, "x" * 90_000).ends(SERVER, 11, by=EndedBy.US),
    "stopped while it waits for the answer": Made().ends(CLIENT, 900, by=EndedBy.US),
    "our own fault": opened()
    .note(9, "wsinspect failed on this connection: OSError: x")
    .ends(SERVER, 10, Ending.RST, by=EndedBy.US),
    "host refused": Made().refused(421, body="wsinspect: the host name 'x' is not known here", by_us=True),
    "bad request": Made().refused(400, body="wsinspect: a WebSocket upgrade cannot have a body", by_us=True),
}


@pytest.mark.parametrize("name", OURS)
def test_what_wsinspect_did_is_nobody_elses_doing(name: str) -> None:
    others = [opened(number=n).text(CLIENT, 10).ends(SERVER, 900, by=EndedBy.US) for n in (2, 3, 4)]
    found = findings(OURS[name].evidence(*others))
    assert [one.rule for one in found] in (["capture-stopped"], ["wsinspect-failed"], ["refused-by-wsinspect"])


def test_a_side_that_left_before_the_other_closed_is_the_one_who_closed() -> None:
    made = opened().text(SERVER, 10).end(CLIENT, 500).close(SERVER, 900, 1000).end(SERVER, 901)
    made.facts["closed_ns"] = made.ns(902)
    assert findings(made.evidence())[0].rule == "client-dropped"


def test_what_nobody_checked_is_never_more_than_possible() -> None:
    silent = opened("cf-ray: 8a", "Server: cloudflare").text(CLIENT, 10).ends(SERVER, 100_010)
    assert findings(silent.evidence())[0].rule == "idle-timeout"
    assert findings(silent.evidence())[0].strength is Strength.POSSIBLE
    fly = opened("fly-request-id: 1").text(CLIENT, 10).ends(SERVER, 30_010)
    assert all(one.strength is Strength.POSSIBLE for one in findings(fly.evidence()) if one.rule == "idle-timeout")


def test_uvicorn_over_http_has_no_websocket_whatever_the_path() -> None:
    first = findings(Made().refused(404, "server: uvicorn", body="Not Found").evidence())[0]
    assert (first.rule, first.cause) == (
        "no-websocket-here",
        "uvicorn took the upgrade for plain HTTP, whatever the path",
    )
    assert findings(Made().refused(404, body="Not Found").evidence())[0].rule == "no-such-path"


HOSTILE = ("\x1b]52;c;x\x07", "\u202ex", "a\r\nb", "ping timeout", "token", "idle")
WORDS = st.text(max_size=40) | st.sampled_from(
    ["\x1b]52;c;x\x07", "\u202ex", "a\r\nb", "ping timeout", "token", "idle"]
)
TIMES = st.lists(st.integers(1, 100_000), min_size=1, max_size=8).map(sorted)
SIDES = st.sampled_from(list(Side))


@st.composite
def connections(draw: st.DrawFn, number: int = 1) -> Made:
    """Any connection that has ended, with hostile texts wherever a peer can put one."""
    header = draw(st.sampled_from(["Server", "Via", "Set-Cookie", "Location", "User-Agent", "Origin", "Cookie"]))
    said = draw(WORDS).replace("\n", "").replace("\r", "")
    made = Made(number=number, path="/" + draw(WORDS), opened=draw(st.integers(0, 9000)))
    made.asks(f"{header}: {said}".encode("latin-1", "replace").decode("latin-1"))
    times = draw(TIMES)
    if draw(st.booleans()):
        made.refused(
            draw(st.integers(100, 999)), f"{header}: x", body=draw(WORDS), at=times[0], by_us=draw(st.booleans())
        )
        return made
    made.upgraded(f"{header}: x", subprotocol=draw(st.sampled_from(["", "graphql-ws"])))
    for at in times[:-1]:
        side, kind = draw(SIDES), draw(st.integers(0, 5))
        steps = (
            lambda side=side, at=at: made.text(side, at, draw(WORDS)),
            lambda side=side, at=at: made.binary(side, at, draw(st.binary(max_size=9))),
            lambda side=side, at=at: made.ping(side, at),
            lambda side=side, at=at: made.pong(side, at),
            lambda side=side, at=at: made.close(side, at, draw(st.none() | st.integers(0, 65535)), draw(WORDS)),
            lambda side=side, at=at: made.breaks(side, at, "mask-missing"),
        )
        steps[kind]()
    return made.ends(
        draw(SIDES), times[-1], draw(st.sampled_from(list(Ending))), by=draw(st.sampled_from(list(EndedBy)))
    )


def _sentences(found: Finding) -> tuple[str, ...]:
    return found.cause, found.because, found.next_step, found.setting


OUR_RULES = {"capture-stopped", "wsinspect-failed", "refused-by-wsinspect"}


@given(connections(), st.lists(connections(number=2), max_size=3))
def test_no_rule_takes_what_wsinspect_did_for_a_peers_doing(made: Made, others: list[Made]) -> None:
    for number, other in enumerate(others, start=2):
        other.number = number
    evidence = made.evidence(*others, messages=True)
    assume(evidence.story is not None and evidence.story.by_us)
    causes = {found.rule for found in findings(evidence) if not found.is_note}
    assert causes <= OUR_RULES, causes


@st.composite
def healthy(draw: st.DrawFn, number: int = 1) -> Made:
    """A connection that keeps every rule, on which every ping is answered, and that is closed as it should be."""
    made = opened(number=number, opened=draw(st.integers(0, 9000)), path=draw(st.sampled_from(["/a", "/b"])))
    now = 5
    for gap in draw(st.lists(st.integers(1, 20_000), max_size=12)):
        now += gap
        side = draw(SIDES)
        if draw(st.booleans()):
            made.text(side, now, draw(st.sampled_from(["hello", '{"type":"order","n":1}', "x" * 5000, "bye"])))
        else:
            made.ping(side, now).pong(side.other, now + 1)
            now += 1
    closer, code = draw(st.sampled_from([(CLIENT, 1000), (CLIENT, 1001), (SERVER, 1000)]))
    return made.shut(closer, now + draw(st.integers(1, 20_000)), code, draw(st.sampled_from(["", "bye", "done"])))


@settings(max_examples=300)
@given(healthy(), st.lists(healthy(number=2), max_size=4))
def test_no_healthy_connection_gets_an_alarm(made: Made, others: list[Made]) -> None:
    for number, other in enumerate(others, start=2):
        other.number = number
    found = findings(made.evidence(*others, messages=True))
    assert found
    # One age or one moment of several connections is a pattern, and may alarm.
    assert not [one for one in found if one.is_alarm and not one.is_note and not one.others]


@given(connections(), st.lists(connections(number=2), max_size=3), st.binary(max_size=40))
def test_no_peer_can_break_it_or_act_through_it(made: Made, others: list[Made], unfinished: bytes) -> None:
    for number, other in enumerate(others, start=2):
        other.number = number
    evidence = made.evidence(*others, unfinished=unfinished, messages=True)
    for found in findings(evidence):
        assert all(sentence.isprintable() for sentence in _sentences(found)), found
    for weighed in for_and_against(evidence, 1011, 1006):
        assert all(fact.said.isprintable() for fact in weighed.facts)
    for width in (40, 80, 140):
        assert all(line.isprintable() for line in path_lines(path_of(evidence), width))
