"""What is said about a close in its capture: true, short, sure only where it is, and safe to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codes.closes import START, C, S, closed, context, cut, first, refused, remark
from tests.fixtures.session import build, build_hostile
from wsinspect.codes import HttpStatus
from wsinspect.codes.context import CloseContext, RemarkKind, close_context
from wsinspect.codes.remark import named, sentence
from wsinspect.model import Ending, Row, RowKind, Side, Strength
from wsinspect.session.reader import Reader
from wsinspect.wire.close import parse_close
from wsinspect.wire.conversation import close_story


def test_a_refused_upgrade() -> None:
    found = context(refused(403), server="uvicorn")
    assert found.topic == HttpStatus(403)
    said = remark(found, RemarkKind.SENDERS)
    assert said.text.startswith("uvicorn with Starlette or FastAPI, which shows in the answer, answers 403 when ")
    assert remark(found, RemarkKind.TOLD).text == "A browser tells its page 1006, never the status."
    assert found.remark(RemarkKind.VENDOR) is None
    ours = context(refused(502, status_by_us=True))
    assert ours.remark(RemarkKind.SENDERS) is None
    assert first(ours) == ["1014", "http:503"]


def test_an_upgrade_that_was_never_answered() -> None:
    found = context(replace(cut(S, Ending.FIN), upgraded_ns=None, status=None))
    assert [one.kind for one in found.remarks] == [RemarkKind.TOLD]
    assert found.topic == 1006
    failed = close_story(replace(cut(S, Ending.TLS_ALERT), upgraded_ns=None, status=None))
    assert failed is not None
    assert failed.code == 1015
    told = remark(close_context(failed.connection, failed), RemarkKind.TOLD)
    assert told.text == "A browser tells its page 1006, not 1015."


@pytest.mark.parametrize("status", [99, 600, 999, -1])
def test_an_answer_that_is_no_status_is_not_explained(status: int) -> None:
    found = context(refused(status))
    assert found == CloseContext(None, (), None, None, "", ())


def test_half_a_code_is_no_empty_close() -> None:
    story = close_story(closed(None, answer="none"))
    assert story is not None
    assert close_context(story.connection, story).remark(RemarkKind.SENDERS)
    half = replace(story, violations=parse_close(b"\x03").violations)
    assert close_context(half.connection, half).remark(RemarkKind.SENDERS) is None


def test_names_in_a_sentence() -> None:
    assert named(["A"]) == "A"
    assert named(["A", "B", "A"]) == "A and B"
    assert named(["A", "B", "C", "D"]) == "A, B, C and D"
    assert named(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert sentence("go away!") == "Go away!"
    assert sentence("path full") == "Path full."


CODES = st.one_of(st.none(), st.integers(0, 65535), st.sampled_from([1000, 1001, 1005, 1006, 1011, 1014, 3000, 4004]))


@given(
    code=CODES,
    reason=st.text(max_size=123),
    by=st.sampled_from([C, S]),
    answer=st.one_of(CODES, st.sampled_from(["echo", "none"])),
    how=st.sampled_from(list(Ending)),
    subprotocol=st.text(max_size=40),
    url=st.one_of(st.text(max_size=40), st.just("wss://[bad"), st.just("ws://gateway.discord.gg/")),
    head=st.binary(max_size=600),
    is_cut=st.booleans(),
)
def test_no_capture_raises_or_hides_anything(
    code: int | None,
    reason: str,
    by: Side,
    answer: int | str | None,
    how: Ending,
    subprotocol: str,
    url: str,
    head: bytes,
    is_cut: bool,
) -> None:
    connection = closed(code, reason, by=by, answer=answer, how=how, subprotocol=subprotocol, url=url)
    if is_cut:
        connection = replace(connection, client_close=None, server_close=None)
    row = Row(1, 1, RowKind.BINARY, START, START, side=by, head=head)
    found = context(connection, row, row)
    assert found.topic is not None
    assert found.related
    assert found.topic not in found.related
    kinds = [one.kind for one in found.remarks]
    assert len(set(kinds)) == len(kinds)
    for one in found.remarks:
        for line in (one.text, *one.more):
            assert line.isprintable(), line
            assert line.endswith((".", "!", "?")), line
        assert len(one.text) <= 330
        if one.strength is Strength.CERTAIN:
            assert "reportedly" not in one.text


@pytest.mark.parametrize("write", [build, build_hostile])
def test_every_close_of_a_recording_is_put_in_words(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    reader = Reader(write(tmp_path / "session.wsi"))
    explained = 0
    for connection in reader.connections(1, 100):
        evidence = reader.evidence(connection.id)
        if evidence is None or evidence.story is None:
            continue
        found = close_context(
            connection,
            evidence.story,
            request=evidence.request,
            response=evidence.response,
            first_messages=evidence.first_rows,
        )
        explained += len(found.remarks)
        assert found.related
        assert found.retry
        assert all(line.isprintable() for one in found.remarks for line in (one.text, *one.more))
    reader.close()
    assert explained
