"""How the connections of a session ended: windows, rounds, and a bound on what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.diagnosis.building import CLIENT, SERVER, Made
from wsinspect.model import Connection
from wsinspect.timeline import survey as module
from wsinspect.timeline.survey import Survey, Surveyed

S = 1_000_000_000


class Listed:
    """Connections in memory, and which windows were asked for."""

    def __init__(self, connections: list[Connection]) -> None:
        self.all = {one.id: one for one in connections}
        self.asked: list[tuple[int, int]] = []

    def connections(self, first: int, count: int) -> list[Connection]:
        self.asked.append((first, count))
        return [self.all[number] for number in sorted(self.all) if number >= first][:count]


def go(survey: Survey, listed: Listed) -> Surveyed:
    listed.asked.clear()
    survey.begin(max(listed.all, default=0))
    while survey.step(listed):
        pass
    return survey.result()


def cut(number: int, lasts_s: float = 60) -> Connection:
    return Made(number=number, opened=number * 7000).upgraded().ends(SERVER, lasts_s * 1000).connection


def done(number: int) -> Connection:
    made = Made(number=number, opened=number * 7000).upgraded().close(CLIENT, 900, 1000).close(SERVER, 901, 1000)
    return made.ends(SERVER, 902).connection


def still_open(number: int) -> Connection:
    return Made(number=number, opened=number * 7000).upgraded().connection


def refused(number: int) -> Connection:
    return Made(number=number, opened=number * 7000).refused(502).connection


def labels(found: Surveyed) -> list[tuple[str, int]]:
    return [(one.outcome.label, one.count) for one in found.codes]


def test_what_is_found() -> None:
    found = go(Survey(), Listed([cut(1), cut(2), done(3), refused(4), cut(5), cut(6, 20), still_open(7)]))
    assert labels(found) == [("1006", 4), ("1000", 1), ("HTTP 502", 1)]
    assert (found.looked_at, found.total, found.is_sample) == (7, 7, False)
    assert found.common is not None
    assert (found.common.count, found.closed) == (3, 5)
    assert abs(found.common.age_ns - 60 * S) < S // 10
    assert found.longest_ns == 60 * S + S // 2000
    assert found.oldest_open_ns == still_open(7).opened_ns


def test_nothing_yet() -> None:
    assert go(Survey(), Listed([])) == Surveyed()


def test_what_has_ended_is_read_once() -> None:
    listed = Listed([cut(1), still_open(2), cut(3)])
    survey = Survey()
    go(survey, listed)
    listed.all[2] = cut(2)
    listed.all[4] = refused(4)
    found = go(survey, listed)
    assert sorted(listed.asked) == [(2, 1), (4, 1)]
    assert labels(found) == [("1006", 3), ("HTTP 502", 1)]
    assert found.common is not None
    assert found.oldest_open_ns is None
    go(survey, listed)
    assert listed.asked == []


def test_reads_in_windows_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 10)
    listed = Listed([refused(number) for number in range(1, 36)])
    go(Survey(), listed)
    assert listed.asked == [(31, 5), (21, 10), (11, 10), (1, 10)]


def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    listed = Listed([*(still_open(number) for number in range(1, 10)), *(refused(number) for number in range(10, 31))])
    survey = Survey()
    found = go(survey, listed)
    assert listed.asked == [(11, 20)]
    assert (found.looked_at, found.total, found.is_sample) == (20, 30, True)
    listed.all |= {number: cut(number) for number in range(31, 36)}
    found = go(survey, listed)
    assert (found.looked_at, found.total) == (20, 35)
    assert labels(found) == [("HTTP 502", 15), ("1006", 5)]


def test_a_gap_in_the_numbers_is_no_window_too_many() -> None:
    listed = Listed([replace(refused(1), id=1), replace(refused(1), id=900)])
    survey = Survey()
    assert go(survey, listed).looked_at == 2
