"""The age that several connections share when they end: one notion, for the rule and for the timeline."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.building import CLIENT, SERVER, Made
from wsinspect.diagnosis.ages import CommonAge, Ended, EndKind, at_age, common_age, ended, is_near
from wsinspect.diagnosis.rules.timeouts import same_age
from wsinspect.model import EndedBy
from wsinspect.wire.conversation import close_story

S = 1_000_000_000
CUT = EndKind(1006, SERVER, None, is_wire=False)
DONE = EndKind(1000, CLIENT, None, is_wire=True)


def end(age_s: float, at_s: float, kind: EndKind = CUT) -> Ended:
    return Ended(round(at_s), kind, round(age_s * S), round(at_s * S))


def found(*ends: Ended) -> tuple[float, EndKind, int] | None:
    common = common_age(ends)
    return None if common is None else (common.age_ns / S, common.kind, common.count)


def test_several_at_one_age_at_their_own_times() -> None:
    assert found(end(60, 100), end(60.02, 130), end(59.99, 170), end(3, 200), end(41, 210)) == (60, CUT, 3)


def test_two_are_chance() -> None:
    assert found(end(60, 100), end(60, 130), end(3, 200)) is None


def test_a_few_of_many_are_chance() -> None:
    others = [end(100 + 9 * at, at) for at in range(28)]
    three = [end(60, at) for at in (100, 130, 160)]
    assert found(*three, *others) is None
    assert found(*three, *others[:27]) == (60, CUT, 3)
    assert found(*three, *(end(100 + 9 * at, at, DONE) for at in range(28))) == (60, CUT, 3)


def test_all_at_once_is_no_timer() -> None:
    assert found(end(60, 100), end(60, 100.1), end(60, 100.2), end(60, 100.3)) is None


def test_two_of_them_may_end_at_once() -> None:
    assert found(end(60, 100), end(60, 100.1), end(60, 200), end(60, 300)) == (60, CUT, 4)


def test_other_ends_do_not_count() -> None:
    assert found(end(60, 100), end(60, 200), end(60, 300, DONE), end(60, 400, DONE)) is None
    assert found(*(end(60, at) for at in (1, 2, 3)), *(end(30, at, DONE) for at in (1, 2, 3, 4))) == (30, DONE, 4)


def test_short_lives_are_no_timers() -> None:
    assert found(*(end(0.5, at) for at in range(9))) is None


def test_the_middle_speaks_for_all() -> None:
    assert found(end(59.8, 1), end(60, 2), end(60.2, 3)) == (60, CUT, 3)


ends = st.builds(end, st.sampled_from([0.2, 29, 30, 59.5, 60, 60.4]), st.integers(0, 40), st.sampled_from([CUT, DONE]))


@given(st.lists(ends, max_size=30))
def test_no_age_is_shared_by_more(some: list[Ended]) -> None:
    most = max(
        (
            1 + len(at_age(one.age_ns, one.at_ns, [other for other in some if other.kind == one.kind]))
            for one in some
            if one.age_ns >= S
        ),
        default=0,
    )
    common = common_age(some)
    assert (common.count if common else 0) == (most if most >= 3 else 0)


def made(number: int, opened: int, lasts: float, by: EndedBy = EndedBy.PEER) -> Made:
    return Made(number=number, opened=opened * 1000).upgraded().ends(SERVER, lasts * 1000, by=by)


def test_the_rule_and_the_timeline_agree() -> None:
    connections = [made(at, at * 7, 60 if at % 2 else 3 + at) for at in range(1, 12)]
    evidence = connections[0].evidence(*connections[1:])
    stories = [close_story(one.connection) for one in connections]
    common = common_age(one for story in stories if story is not None and (one := ended(story)) is not None)
    assert isinstance(common, CommonAge)
    assert common.count == len(same_age(evidence)) + 1 == 6
    assert is_near(common.age_ns, 60 * S)


def test_what_wsinspect_ended_says_nothing() -> None:
    story = close_story(made(1, 0, 60, EndedBy.US).connection)
    assert story is not None
    assert ended(story) is None
    open_still = Made(number=2).upgraded().connection
    assert close_story(open_still) is None


def test_who_never_was_open_has_no_age() -> None:
    story = close_story(Made(number=1).refused(502).connection)
    assert story is not None
    assert ended(story) is None
