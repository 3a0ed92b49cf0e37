"""Where a connection of a merged session comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsinspect.origin import Origin, labels, origin_of, recorded_by

_NAMES = st.text(st.characters(exclude_characters="/"), min_size=1)


@given(_NAMES, st.integers(0, 10**9), _NAMES | st.just(""), st.integers(0, 10**9))
def test_it_is_kept_and_read_back(file: str, number: int, twin_file: str, twin: int) -> None:
    origin = Origin(file, number, twin_file, twin if twin_file else 0)
    source = origin.source("relay")
    assert origin_of(source) == origin
    assert recorded_by(source) == "relay"
    if origin.has_twin:
        assert origin_of(origin.other.source("relay")) == origin.other
        assert origin.other.other == origin


@pytest.mark.parametrize("source", ["relay", "", "relay/a", "relay/a/x", "relay/a/1/b", "relay/a/1/b/c", "a/b/1/c/2/d"])
def test_others_come_from_no_file(source: str) -> None:
    assert origin_of(source) is None
    assert recorded_by(source) == source.partition("/")[0]


def test_labels_are_short_and_tell_files_apart() -> None:
    assert labels(["client.wsi", "server.wsi"]) == {"client.wsi": "client", "server.wsi": "server"}
    long = ["proxy-2026-11-22-140111-4242.wsi", "proxy-2026-11-22-140113-77.wsi"]
    assert list(labels(long).values()) == ["140111-4242", "140113-77"]
    assert list(labels(["a-much-longer-name", "a-much-longer-name-b"]).values()) == ["name", "name-b"]
    assert labels(["a-much-longer-", "a-much-longer-b"])["a-much-longer-"] == "a-much-longer-"
    assert labels([]) == {}
