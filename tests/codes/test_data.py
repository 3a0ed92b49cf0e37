"""Every data file keeps the form, the lengths and the facts of the standard."""

from __future__ import annotations

import tomllib
from itertools import chain, pairwise
from pathlib import Path

import pytest

from wsinspect import codes
from wsinspect.codes import CodeEntry, HttpStatus, Retry, Sender, TransportEnd
from wsinspect.codes.catalogue import DATA
from wsinspect.codes.loader import load_entry, load_pair
from wsinspect.codes.topics import from_key, key, order
from wsinspect.model import Ending

ENTRY_FILES = sorted(chain.from_iterable((DATA / part).glob("*") for part in ("codes", "ranges", "http", "ends")))
PAIR_FILES = sorted((DATA / "pairs").glob("*"))

REGISTERED = (*range(1000, 1016), 3000, 3003, 3008)
"""Source: IANA WebSocket Close Code Number registry."""

REFUSALS = (200, 301, 302, 400, 401, 403, 404, 405, 407, 408, 421, 426, 429, 500, 502, 503, 504)


def entries() -> list[CodeEntry]:
    return [load_entry(path) for path in ENTRY_FILES]


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", ENTRY_FILES, ids=named)
def test_an_entry_keeps_the_form(path: Path) -> None:
    entry = load_entry(path)
    assert len(entry.description) <= 120
    assert entry.description.endswith(".")
    assert 1 <= len(entry.when) <= 3
    assert 1 <= len(entry.how) <= 3
    for point in (*entry.when, *entry.how, *entry.more_when, *entry.more_how):
        assert len(point.text) <= 90, point.text
        assert point.text.endswith((".", "?")), point.text
        assert point.is_verified or "reportedly" in point.text
    for clause in (entry.fault_text, entry.retry_text, entry.layer_text, entry.use):
        assert len(clause) <= 75, clause
        assert not clause.endswith("."), clause
    assert len(entry.retry_text) <= 60
    assert entry.counterpart == "none" or entry.counterpart.startswith(("HTTP ", "close code ", "none; "))


@pytest.mark.parametrize("path", ENTRY_FILES, ids=named)
def test_an_entry_says_nothing_twice(path: Path) -> None:
    entry = load_entry(path)
    texts = [entry.description, *(point.text for point in (*entry.when, *entry.how, *entry.more_when, *entry.more_how))]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("path", ENTRY_FILES, ids=named)
def test_related_topics_exist(path: Path) -> None:
    entry = load_entry(path)
    assert entry.related
    assert len(set(entry.related)) == len(entry.related)
    assert entry.topic not in entry.related
    for topic in entry.related:
        codes.lookup(topic)


@pytest.mark.parametrize("path", [*ENTRY_FILES, *PAIR_FILES], ids=named)
def test_texts_are_plain(path: Path) -> None:
    assert path.suffix == ".toml"
    text = path.read_text("utf-8")
    assert text.isascii(), "keeps column widths exact"
    assert "\t" not in text


@pytest.mark.parametrize("path", [*ENTRY_FILES, *PAIR_FILES], ids=named)
def test_every_fact_has_a_source(path: Path) -> None:
    values = tomllib.loads(path.read_text("utf-8"))
    facts = [
        fact
        for name in ("when", "how", "more_when", "more_how", "difference", "use", "tell_apart")
        if isinstance(values.get(name), list)
        for fact in values[name]
    ]
    assert facts
    assert all(fact["source"].strip() for fact in facts)


@pytest.mark.parametrize("path", PAIR_FILES, ids=named)
def test_a_pair_keeps_the_form(path: Path) -> None:
    pair = load_pair(path)
    assert [pair.a, pair.b] == sorted((pair.a, pair.b), key=order)
    assert path.stem == f"{key(pair.a)}-{key(pair.b)}".replace(":", "")
    codes.lookup(pair.a)
    codes.lookup(pair.b)
    for row in (*pair.differences, *pair.uses):
        for text in (row.a, row.b):
            assert len(text) <= 80, text
            assert not text.endswith("."), text
    for point in pair.tell_apart:
        assert len(point.text) <= 90, point.text
        assert point.text.endswith(".")


def test_a_file_is_named_after_what_it_is_about() -> None:
    for path, entry in zip(ENTRY_FILES, entries(), strict=True):
        span = entry.range
        assert path.stem == (f"{span[0]}-{span[1]}" if span else entry.key.rpartition(":")[2])


def test_all_registered_codes_are_there() -> None:
    assert tuple(topic for topic in codes.topics() if isinstance(topic, int)) == REGISTERED


def test_all_usual_refusals_are_there() -> None:
    assert set(map(HttpStatus, REFUSALS)) <= set(codes.topics())


def test_the_ranges_leave_no_hole_and_do_not_overlap() -> None:
    """Source: RFC 6455 section 7.4.2."""
    covered = {code for first, last in codes.ranges() for code in range(first, last + 1)} | set(REGISTERED)
    assert covered == set(range(65536))
    spans = codes.ranges()
    assert all(one[1] < other[0] for one, other in pairwise(spans))


LEGAL = {*range(1000, 1015), *range(3000, 5000)} - {1004, 1005, 1006}
"""What RFC 6455 section 7.4 and the registry allow in a close frame."""


def test_the_wire_flag_follows_the_standard_for_every_code() -> None:
    for code in range(65536):
        assert codes.lookup(code).is_wire == (code in LEGAL), code


def test_the_script_flag_follows_the_standard_for_every_code() -> None:
    """Source: WHATWG WebSockets standard, close(): 1000, and 3000 to 4999."""
    for code in range(65536):
        assert codes.lookup(code).is_script == (code == 1000 or 3000 <= code <= 4999), code


SENDERS = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011), Sender.EITHER),
    1004: Sender.NOBODY,
    **dict.fromkeys((1005, 1006, 1015), Sender.LOCAL),
    1010: Sender.CLIENT,
    **dict.fromkeys((1012, 1013, 3000, 3003, 3008), Sender.SERVER),
    1014: Sender.GATEWAY,
    **dict.fromkeys((0, 999, 1016, 2999, 5000, 65535), Sender.NOBODY),
    **dict.fromkeys((3001, 3999, 4000, 4999), Sender.EITHER),
}
"""Source: RFC 6455 sections 7.4.1 and 7.4.2 (1011 with erratum 3227), the registrations of 1012 to 1014 and 3xxx."""


@pytest.mark.parametrize("code", SENDERS)
def test_who_may_send_it_follows_the_standard(code: int) -> None:
    assert codes.lookup(code).sender is SENDERS[code]


def test_what_nobody_may_send_is_never_advised() -> None:
    for entry in entries():
        if isinstance(entry.topic, int):
            assert entry.use.startswith("never send it") == (not entry.is_wire), entry.key
            assert entry.is_wire == (entry.sender not in (Sender.LOCAL, Sender.NOBODY)), entry.key


def test_refusals_and_ends_are_no_close_frames() -> None:
    for entry in entries():
        if isinstance(entry.topic, (HttpStatus, TransportEnd)):
            assert not entry.is_wire
            assert not entry.is_script


def test_counterparts_name_each_other() -> None:
    """The code that a status names must exist, and the other way round."""
    for entry in entries():
        if entry.counterpart.startswith("close code "):
            twin = codes.lookup(from_key(entry.counterpart.removeprefix("close code ")))
            assert twin.topic in entry.related


def test_only_a_login_asks_for_a_login() -> None:
    asking = {entry.key for entry in entries() if entry.retry is Retry.AFTER_LOGIN}
    assert asking == {"3000", "http:401", "http:407"}


def test_siblings_come_first() -> None:
    assert codes.related(1011)[0] == 1014
    assert codes.related(1014)[0] == 1011
    assert codes.related(HttpStatus(502))[0] == 1014
    assert codes.related(HttpStatus(503))[0] == 1013
    assert codes.related(HttpStatus(401))[0] == 3000


def test_every_way_to_end_is_there() -> None:
    assert {topic for topic in codes.topics() if isinstance(topic, TransportEnd)} == set(map(TransportEnd, Ending))
