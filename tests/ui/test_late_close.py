"""A close frame that comes when the other side has left: every part of wsinspect tells the same story of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.running import joined, session_file
from tests.peers.raw import End
from wsinspect.decode.outcome import outcome
from wsinspect.diagnosis import path_lines
from wsinspect.model import CloseHandshake, Side
from wsinspect.report.build import build
from wsinspect.report.formats import Format, render
from wsinspect.report.lines import close_line
from wsinspect.report.records import close_json
from wsinspect.session.reader import Reader
from wsinspect.session.reporting import report_on
from wsinspect.ui.close.closing import explain
from wsinspect.ui.close.verdict import verdict
from wsinspect.wire.builder import build_close, build_frame

pytestmark = pytest.mark.integration


async def _leave(folder: Path, *, does_reset: bool) -> Reader:
    """The client leaves without a close frame, and the server closes with 1011 when it has seen that."""
    async with joined(folder) as (client, server):
        await client.send(build_frame(1, b"last words", mask=bytes(4)))
        await server.read(2 + 10 + 4)
        if does_reset:
            client.reset()
            assert await server.to_end() == (b"", End.RST)
        else:
            client.fin()
            assert await server.to_end() == (b"", End.FIN)
            await server.send(build_close(1011, b"peer gone"))
            server.fin()
            assert await client.to_end() == (build_close(1011, b"peer gone"), End.FIN)
    return Reader(session_file(folder))


async def test_everything_tells_one_story(tmp_path: Path) -> None:
    reader = await _leave(tmp_path, does_reset=False)
    told = explain(reader, 1)
    assert told is not None
    story = told.story
    assert (story.code, story.is_wire, story.sender, story.first_end) == (1006, False, Side.CLIENT, Side.CLIENT)
    assert story.handshake is CloseHandshake.ABSENT
    assert told.evidence.story == story
    listed = outcome(story.connection)
    assert listed is not None
    assert (listed.label, listed.is_wire) == ("1006", False)

    record = close_json(story, told.findings)
    assert (record["code"], record["wire"], record["sender"], record["handshake"]) == (1006, False, None, "absent")
    late = record["late_close"]
    assert isinstance(late, dict)
    assert (late["from"], late["code"], late["reason"]) == ("server", 1011, "peer gone")
    assert late["after"] > 0

    first = told.findings[0]
    assert (first.rule, first.topic) == ("client-dropped", "1006")
    assert "the client left before any close frame" in close_line(story)
    shown = verdict(told, 75)
    assert shown.lines[0].plain.startswith("1006 Abnormal Closure  a conclusion: client FIN before any close frame")
    drawn = "\n".join(path_lines(told.path, 110))
    assert "close 1011" in drawn
    assert "a browser's script: code 1006" in drawn
    for said in (
        close_line(story),
        "\n".join(line.plain for line in (*shown.lines, *shown.rest)),
        render(build(report_on(reader, 1)), Format.TEXT),
    ):
        assert "the server's close frame 1011 came" in said.replace("The", "the")
        assert "1011 Internal Error  sent" not in said
    reader.close()


async def test_without_the_late_frame_nothing_is_said_of_one(tmp_path: Path) -> None:
    reader = await _leave(tmp_path, does_reset=True)
    story = reader.close_story(1)
    assert story is not None
    assert (story.code, story.sender) == (1006, Side.CLIENT)
    assert "late_close" not in close_json(story)
    assert "close frame was sent" in close_line(story)
    reader.close()
