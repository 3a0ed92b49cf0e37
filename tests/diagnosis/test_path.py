"""Who closed, on which hop: the stations, what each leg saw, and who was told what."""

from __future__ import annotations

import pytest

from tests.diagnosis.building import CLIENT, KEY, SERVER, Made, S, opened
from wsinspect import text
from wsinspect.diagnosis import path_lines, path_of
from wsinspect.diagnosis.path import HopKind, Path, What
from wsinspect.model import EndedBy, Ending


def _path(made: Made) -> Path:
    return path_of(made.evidence())


def _sights(path: Path) -> list[tuple[str, str, str]]:
    return [(sight.leg.label, sight.what.value, sight.said) for sight in path.sights]


def _told(path: Path) -> dict[str, str]:
    return {entry.who: entry.said for entry in path.told}


CRASH = opened("Server: Python/3.11 websockets/17.4").text(CLIENT, 9).shut(SERVER, 50, 1011)


def test_a_close_that_was_echoed() -> None:
    path = _path(CRASH)
    assert _sights(path) == [
        ("server", "close", "close 1011"),
        ("client", "echo", "close 1011"),
        ("server", "end", "FIN"),
        ("client", "end", "FIN"),
    ]
    assert [sight.row for sight in path.sights] == [2, 3, 4, 5]
    assert path.verdict.startswith("it came from the server's side")
    assert [hop.kind for hop in path.hops] == [HopKind.CLIENT, HopKind.WSINSPECT, HopKind.SERVER]
    assert path.hops[-1].name == "Python websockets"
    assert _told(path)["a browser's script"] == "code 1011, wasClean true, no reason"
    assert "aiohttp" in _told(path)


def test_gateways_are_stations_too() -> None:
    path = _path(opened("Server: nginx/1.22.1", "Via: 1.1 edge-7").ends(SERVER, 60 * S))
    names = [(hop.kind, hop.name) for hop in path.hops[2:]]
    assert names[:2] == [(HopKind.GATEWAY, "nginx"), (HopKind.GATEWAY, "edge-7")]
    assert names[-1] == (HopKind.SERVER, "")  # nginx hides it
    assert "nginx or edge-7 before it" in path.verdict
    assert _told(path)["a browser's script"] == "code 1006, wasClean false, no reason"


def test_haproxy_shows_in_the_case_of_the_header_names() -> None:
    made = opened()
    made.response = (
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"server: Python/3.11 websockets/17.4\r\n\r\n"
    )
    assert [hop.name for hop in _path(made.ends(SERVER, 99)).hops] == ["", "wsinspect", "HAProxy", "Python websockets"]


def test_an_answer_with_another_code_is_no_echo() -> None:
    path = _path(opened().close(SERVER, 50, 1011).close(CLIENT, 51, 1000).ends(SERVER, 52))
    assert path.sights[1].what is What.ANSWER


def test_a_reset_that_was_passed_on() -> None:
    path = _path(opened().text(SERVER, 9).ends(CLIENT, 50, Ending.RST))
    assert [(sight.leg, sight.said) for sight in path.sights] == [(CLIENT, "RST"), (SERVER, "RST passed on")]
    assert [sight.is_outgoing for sight in path.sights] == [False, True]
    assert not any(sight.by_us or sight.passed_on for sight in path.sights)
    drawn = path_lines(path, 80)
    assert drawn[2].split("│")[0].endswith("── RST ────────────────────────▶ ")
    assert drawn[3].split("│")[1].startswith(" ── RST passed on")
    assert path.verdict.startswith("it came from the client's side")


def test_a_close_that_nobody_was_left_to_take() -> None:
    made = opened().close(SERVER, 50, 1011).end(SERVER, 51).end(CLIENT, 52, Ending.RST, undelivered=9)
    made.facts["closed_ns"] = made.ns(53)
    assert _path(made).sights[0].passed_on == "not delivered: the client had gone"


def test_what_wsinspect_did_is_said() -> None:
    path = _path(opened().ends(SERVER, 900, by=EndedBy.US))
    assert path.verdict == "wsinspect ended both sides; neither peer closed"
    down = _path(Made().unreached("127.0.0.1:9000: connection refused", "tcp"))
    assert down.verdict == "wsinspect answered itself, since it could not reach the server"
    assert [sight.said for sight in down.sights if sight.by_us] == ["HTTP 502", "FIN", "FIN"]
    assert "never sees HTTP 502" in _told(down)["a browser's script"]


def test_a_refusal_of_the_server() -> None:
    path = _path(Made().refused(503, "Server: nginx"))
    assert _sights(path)[0] == ("server", "refusal", "HTTP 503")
    assert path.sights[0].passed_on == "passed on"


def test_it_says_nothing_of_what_is_told_while_it_is_open() -> None:
    path = _path(opened().text(CLIENT, 9))
    assert (path.verdict, path.told, path.sights) == ("nothing of it has ended", (), ())


def test_an_illegal_code_becomes_1006_in_a_browser() -> None:
    assert _told(_path(opened().shut(SERVER, 9, 1006)))["a browser's script"] == "code 1006, wasClean false, no reason"
    assert _told(_path(opened().shut(SERVER, 9, None)))["a browser's script"] == "code 1005, wasClean true, no reason"


def test_what_was_changed_in_the_request_is_listed() -> None:
    from dataclasses import replace

    evidence = CRASH.evidence()
    assert evidence.timing is not None
    assert evidence.request is not None
    went = evidence.request.raw.replace(b"Host: 127.0.0.1:8080", b"Host: 127.0.0.1:9000")
    path = path_of(replace(evidence, timing=replace(evidence.timing, forwarded=went)))
    assert path.changed == ("sent on as: Host: 127.0.0.1:9000",)
    assert KEY not in " ".join(path.changed)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    for made in (CRASH, opened().shut(SERVER, 9, 1011, "ä" * 60), Made().refused(502), opened().ends(CLIENT, 9)):
        for line in path_lines(_path(made), width):
            assert text.cells(line) <= width


def test_the_drawing() -> None:
    lines = path_lines(_path(CRASH), 80)
    assert lines[0].split() == ["client", "■", "server", "Python", "websockets"]
    assert lines[2].endswith("◀── passed on ────────────────── │ ◀── close 1011 ─────────────────")
    assert lines[3].endswith("── close 1011 ─────────────────▶ │ ── passed on ──────────────────▶")
    assert lines[6] == "it came from the server's side of wsinspect: the server, or a gateway that does"


def test_a_narrow_screen_gets_sentences() -> None:
    lines = path_lines(_path(CRASH), 50)
    assert lines[0].startswith("client 127.0.0.1:52000 → wsinspect → server")
    assert "server: close 1011 (passed on)" in lines[1]
