"""Any two topics compare, in five sections that are true of exactly these two."""

from __future__ import annotations

from itertools import combinations

import pytest

from wsinspect import codes
from wsinspect.codes import Contrast, HttpStatus, Topic

PICTURE = [
    Contrast(
        "the fault is in the server that spoke to you", "the fault is behind it: the server is only the messenger"
    ),
    Contrast(
        "for a bug or unexpected state in your own process", "only when you relay to a service that answered wrongly"
    ),
]
"""The model of the panel: 1011 beside 1014."""

EVERYTHING: tuple[Topic, ...] = (
    *codes.topics(),
    *(first for first, _ in codes.ranges() if first != 3000),
    3001,
    4401,
    HttpStatus(418),
    HttpStatus(599),
)


def test_the_model_pair_reads_as_in_the_picture() -> None:
    comparison = codes.compare(1011, 1014)
    assert comparison.is_written
    assert comparison.key_differences[0] == PICTURE[0]
    assert comparison.when_to_use[0] == PICTURE[1]
    assert (comparison.a.title, comparison.b.title) == ("1011 Internal Error", "1014 Bad Gateway")


@pytest.mark.parametrize("a", EVERYTHING, ids=codes.key)
def test_every_pair_compares(a: Topic) -> None:
    for b in EVERYTHING:
        if a == b:
            continue
        comparison = codes.compare(a, b)
        assert (comparison.a.topic, comparison.b.topic) == (a, b)
        assert comparison.when_to_use
        assert comparison.key_differences
        rows = (*comparison.key_differences, *comparison.when_to_use)
        assert all(row.a and row.b for row in rows)
        descriptions = {comparison.a.description, comparison.b.description}
        assert not descriptions & {text for row in rows for text in (row.a, row.b)}


@pytest.mark.parametrize("a", EVERYTHING, ids=codes.key)
def test_the_mirror_says_the_same(a: Topic) -> None:
    for b in EVERYTHING:
        if a == b:
            continue
        there, back = codes.compare(a, b), codes.compare(b, a)
        assert [(row.b, row.a) for row in there.key_differences] == [(row.a, row.b) for row in back.key_differences]
        assert [(row.b, row.a) for row in there.when_to_use] == [(row.a, row.b) for row in back.when_to_use]
        assert there.tell_apart == back.tell_apart
        assert there.is_written == back.is_written


def test_registered_codes_differ_in_more_than_one_way() -> None:
    registered = [topic for topic in codes.topics() if isinstance(topic, int)]
    for a, b in combinations(registered, 2):
        comparison = codes.compare(a, b)
        assert len(comparison.key_differences) >= 2, (a, b)
        assert all(row.a != row.b for row in comparison.key_differences), (a, b)


def test_every_registered_code_has_a_written_first_pair() -> None:
    for topic in codes.topics():
        if isinstance(topic, int):
            assert codes.compare(topic, codes.related(topic)[0]).is_written, topic


def test_two_numbers_of_one_range_refer_to_the_senders_table() -> None:
    rows = codes.compare(4001, 4002).key_differences
    assert rows == (
        Contrast(
            "means what its sender's own table says about 4001", "means what its sender's own table says about 4002"
        ),
    )


def test_a_topic_does_not_compare_with_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        codes.compare(1011, 1011)


CONFUSED = [
    (1000, 1001), (1000, 1005), (1000, 1006), (1000, 1011), (1001, 1005), (1001, 1006), (1001, 1011), (1001, 1012),
    (1001, 3008), (1002, 1003), (1002, 1006), (1002, 1007), (1002, 1010), (1003, 1007), (1005, 1006), (1006, 1009),
    (1006, 1011), (1006, 1012), (1006, 1014), (1006, 1015), (1008, 1009), (1008, 1011), (1008, 1013), (1008, 3000),
    (1008, 3003), (1011, 1012), (1011, 1014), (1012, 1013), (1013, 1014), (3000, 3003), (3008, 4408), (4401, 4403),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), CONFUSED)
def test_pairs_that_are_often_confused_are_written(a: int, b: int) -> None:
    comparison = codes.compare(a, b)
    assert comparison.is_written
    assert comparison.tell_apart


def test_a_counterpart_is_not_named_beside_itself() -> None:
    rows = codes.compare(1002, HttpStatus(400)).key_differences
    assert not any("counterpart" in text for row in rows for text in (row.a, row.b))
    rows = codes.compare(1003, HttpStatus(400)).key_differences + codes.compare(1003, 1009).key_differences
    assert any("counterpart: HTTP 415" in row.a for row in rows)
