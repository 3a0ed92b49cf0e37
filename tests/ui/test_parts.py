"""The small pure parts of the screen: layout, the safety net, crash files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.control import Control
from rich.segment import Segment
from textual.color import Color

from wsinspect.ui import crash
from wsinspect.ui.drawing.safe import SafeFilter, content
from wsinspect.ui.drawing.theme import DARK, LIGHT
from wsinspect.ui.layout import Mode, layout

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    ("size", "mode"),
    [
        ((59, 40), Mode.TOO_SMALL),
        ((60, 14), Mode.TOO_SMALL),
        ((60, 15), Mode.TABS),
        ((80, 24), Mode.TABS),
        ((89, 50), Mode.TABS),
        ((100, 30), Mode.BRIEF),
        ((140, 39), Mode.BRIEF),
        ((140, 40), Mode.FULL),
    ],
)
def test_layouts(size: tuple[int, int], mode: Mode) -> None:
    assert layout(*size).mode is mode


@given(st.integers(90, 400), st.integers(27, 300))
def test_every_panel_has_room(width: int, height: int) -> None:
    plan = layout(width, height)
    messages = height - 2 - plan.connections_height - plan.close_height
    assert plan.connections_height >= 7
    assert plan.close_height >= 4
    assert messages >= 8


@given(st.lists(st.text()))
def test_the_net_lets_nothing_through(texts: list[str]) -> None:
    kept = "".join(segment.text for segment in SafeFilter().apply([Segment(text) for text in texts], BLACK))
    assert not any(
        (ord(one) < 32 and one not in "\t\n") or 0x7F <= ord(one) < 0xA0 or one in "\u202e\u2066\u200b\ufeff"
        for one in kept
    )


def test_the_net_leaves_textuals_own_sequences() -> None:
    control = Control.move_to(1, 1).segment
    segments = [Segment("plain"), control, Segment("\x1bbad")]
    assert SafeFilter().apply(segments, BLACK) == [Segment("plain"), control, Segment("bad")]


def test_content_is_literal() -> None:
    assert content("[b]x[/x]\x1b").plain == r"[b]x[/x]\x1b"
    assert content(b"\xff[@click=app.quit]x[/]").plain == r"\xff[@click=app.quit]x[/]"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_tones_can_be_read(theme: object) -> None:
    """Every tone has a contrast of at least 4.5 on the background. Source: WCAG 2.1, 1.4.3."""
    ours = DARK if theme is DARK else LIGHT
    background = Color.parse(ours.background or "")
    tones = {name: Color.parse(value) for name, value in ours.variables.items() if name.startswith("tone-")}
    for name in ("tone-dim", "tone-up", "tone-down", "tone-good", "tone-warn", "tone-bad", "tone-related"):
        assert _contrast(tones[name], background) >= 4.5, name
    for name, on in (("good", "open"), ("dim", "done"), ("warn", "warn"), ("bad", "bad"), ("ahead", "ahead")):
        assert _contrast(tones[f"tone-{name}"], tones[f"tone-bar-{on}"]) >= 3, on


def _contrast(one: Color, other: Color) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_crash_file(tmp_path: Path) -> None:
    def fails() -> None:
        secret = "token" + "-in-a-local"
        raise ValueError(f"\x1b]0;x\x07 {len(secret)} " + "y" * 1000)

    with pytest.raises(ValueError, match="y") as caught:
        fails()
    path = crash.write_crash_file(caught.value, tmp_path)
    assert path is not None
    said = path.read_text()
    assert "token-in-a-local" not in said
    assert r"\x1b]0;x\x07" in said
    assert "test_parts.py" in said
    assert max(map(len, said.splitlines())) < crash.LONGEST + 50


def test_crash_file_of_an_error_without_words() -> None:
    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise KeyError("detail")

    assert "SpeechlessError: (its text cannot be told: KeyError)" in crash.report(SpeechlessError())


def test_no_crash_file_where_none_can_be(tmp_path: Path) -> None:
    assert crash.write_crash_file(ValueError("x"), tmp_path / "missing") is None
