"""The words for how a connection ended are those of the wire, and each has its meaning in the catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wsinspect import codes
from wsinspect.decode.outcome import outcome, outcome_of
from wsinspect.model import Connection, EndedBy, Ending, LegEnd, SeenClose
from wsinspect.wire.close import code_violations
from wsinspect.wire.ended import ended_as

NEW = Connection(id=1, source="relay", client="c", server="s", url="u", path="/", opened_ns=1)
OPEN = replace(NEW, upgraded_ns=2, status=101)
FIN = LegEnd(Ending.FIN, 8)
OURS = LegEnd(Ending.FIN, 8, EndedBy.US)
OVER = replace(OPEN, client_end=FIN, server_end=FIN, closed_ns=9)


def close(code: int | None, row: int = 5) -> SeenClose:
    return SeenClose(row, 7, code)


@pytest.mark.parametrize(
    ("connection", "word", "label", "is_failure"),
    [
        (NEW, "", "", False),
        (OPEN, "", "", False),
        (replace(OPEN, client_end=FIN), "", "", False),
        (replace(OPEN, server_close=close(1011)), "1011", "1011", True),
        (replace(OVER, server_close=close(1011), client_close=close(1000, 6)), "1011", "1011", True),
        (replace(OVER, server_close=close(1000, 6), client_close=close(4401)), "4401", "4401", False),
        (replace(OVER, client_close=close(1000)), "1000", "1000", False),
        (replace(OVER, client_close=close(None)), "1005", "1005", False),
        (OVER, "1006", "1006", True),
        (replace(OVER, client_end=OURS), "1006", "1006", True),
        (replace(OVER, client_end=OURS, server_end=OURS), "cut", "cut by wsinspect", False),
        (replace(OVER, server_close=close(1006)), "broken:1006", "1006", True),
        (replace(OVER, server_close=close(1000), violation_row=5), "broken:1000", "1000", True),
        (replace(OVER, server_close=close(None), violation_row=5), "broken", "broken close", True),
        (replace(NEW, status=502, closed_ns=9), "http:502", "HTTP 502", True),
        (replace(NEW, status=7, closed_ns=9), "http:7", "HTTP 007", True),
        (replace(NEW, closed_ns=9), "failed", "no answer", True),
    ],
)
def test_each_end_has_its_word(connection: Connection, word: str, label: str, is_failure: bool) -> None:
    assert ended_as(connection) == word
    result = outcome(connection)
    assert ((result.label, result.is_failure) if result else ("", False)) == (label, is_failure)


def test_a_code_breaks_a_rule_where_the_catalogue_says_that_it_is_never_sent() -> None:
    for code in [*range(5100), 65535]:
        assert bool(code_violations(code)) is not codes.lookup(code).is_wire, code


@pytest.mark.parametrize("word", ["", "x", "-1", "99999", "http:", "http:1000", "broken:", "broken:x", "1000 ", "٣"])
def test_other_words_mean_nothing(word: str) -> None:
    with pytest.raises(ValueError, match="not a way to end"):
        outcome_of(word)


def test_a_code_has_the_name_of_the_service_that_is_there() -> None:
    unauthorized = close(4401)
    plain = replace(OVER, server_close=unauthorized)
    there = replace(plain, subprotocol="graphql-transport-ws")
    names = {name: outcome(one) for name, one in (("plain", plain), ("there", there))}
    assert [found.name for found in names.values() if found is not None] == ["Private Use", "Unauthorized"]
    assert {found.label for found in names.values() if found is not None} == {"4401"}
    elsewhere = outcome(replace(there, server_close=close(1011)))
    assert elsewhere is not None
    assert elsewhere.name == "Internal Error"
