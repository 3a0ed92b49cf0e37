"""What is known of the session on screen."""

from __future__ import annotations

from dataclasses import replace

from wsinspect.model import SessionInfo
from wsinspect.ui.bridge import Pulse
from wsinspect.ui.session_state import SessionState, Setting
from wsinspect.ui.tally import Counts

NOW = 50_000_000_000


def pulse(rows: int, *, stopped_ns: int | None = None, notice: str = "", alive_ns: int = 0) -> Pulse:
    info = SessionInfo("f.wsi", "", "1", 1, stopped_ns, notice, 0, "", 0, 1, rows, 1, 3_000_000_000, alive_ns=alive_ns)
    return Pulse(info, Counts(), None)


def state(*, is_live: bool = False, notices: tuple[str, ...] = ()) -> SessionState:
    return SessionState(Setting("", is_live, ("ws://127.0.0.1:8080",), notices, lambda: NOW))


def test_a_saved_session_stands_at_its_last_moment() -> None:
    saved = state()
    assert saved.now_ns == NOW
    saved.take(pulse(4))
    assert not saved.is_recording
    assert saved.now_ns == 3_000_000_000
    saved.take(pulse(4, stopped_ns=4_000_000_000))
    assert saved.now_ns == 4_000_000_000


def test_a_session_whose_recorder_gives_signs_of_life_is_being_recorded() -> None:
    followed = state()
    assert not followed.is_recording
    followed.take(pulse(0, alive_ns=NOW - 14_000_000_000))
    assert followed.is_recording
    assert followed.now_ns == NOW
    assert followed.waiting == "no connection yet"
    assert followed.notices == ()
    followed.take(pulse(0, stopped_ns=4_000_000_000, alive_ns=NOW))
    assert not followed.is_recording
    assert followed.waiting == "no connection was recorded"
    assert followed.notices == ()


def test_a_recorder_that_fell_silent_ended_without_stopping() -> None:
    followed = state()
    followed.take(pulse(5, alive_ns=NOW - 15_000_000_000))
    assert not followed.is_recording
    assert followed.now_ns == 3_000_000_000
    (said,) = followed.notices
    assert said.startswith("the recorder ended without stopping; its last sign of life was at ")
    followed.take(pulse(5))
    assert followed.notices == ("the recorder ended without stopping; what it recorded until then is all here",)


def test_a_session_with_masked_secrets_is_not_taken_for_what_was_sent() -> None:
    opened = state()
    masked = pulse(4, stopped_ns=4_000_000_000)
    opened.take(replace(masked, info=replace(masked.info, is_redacted=True)))
    assert opened.notices == ("secrets were masked when this was exported",)


def test_a_capture_of_ours_speaks_for_itself() -> None:
    live = state(is_live=True)
    live.take(pulse(5, alive_ns=1))
    assert live.is_recording
    assert live.notices == ()


def test_a_capture_that_ended_unasked_is_not_recorded_any_more() -> None:
    live = state(is_live=True, notices=("listening beyond loopback",))
    live.take(pulse(4, notice="the disk is nearly full"))
    assert live.is_recording
    live.end()
    live.take(pulse(5, notice="the disk is nearly full"))
    assert not live.is_recording
    assert len(live.notices) == 3
    assert live.notices[:2] == ("listening beyond loopback", "the disk is nearly full")
    assert "ended by itself" in live.notices[2]


def test_what_to_do_while_nothing_came() -> None:
    assert state(is_live=True).waiting == "waiting for a client: point yours at ws://127.0.0.1:8080"
    assert state().waiting == "no connection was recorded"
