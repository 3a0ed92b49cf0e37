"""The last line: the keys that work now, those of the panel in focus first; a click presses the key.

What does not fit is left out from the end; help and the palette always stand on the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from wsinspect import text
from wsinspect.ui.actions import by_id
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone

ALWAYS = ("help", "palette")
"""Actions on the right, whatever the width."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key, or two that belong together, and what they do."""

    keys: tuple[tuple[str, str], ...]
    """What is shown, and the key that a click presses."""
    label: str

    @property
    def width(self) -> int:
        """Cells it takes, with the gap behind it."""
        return sum(text.cells(shown) + 1 for shown, _ in self.keys) + text.cells(self.label) + 2


@runtime_checkable
class Turning(Protocol):
    """A screen with keys that undo what they did when they are pressed again."""

    @property
    def turned(self) -> Collection[str]:
        """The actions, by id, that would do that now."""


class KeysLine(Widget):
    """Keys and what they do."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()
        self._fixed: tuple[Hint, ...] = ()
        self._spans: list[tuple[range, str]] = []

    def on_mount(self) -> None:
        """Follow what works."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self._changed(self.screen)

    def on_unmount(self) -> None:
        """Stop following."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen:
            return
        working = [
            one.binding for one in screen.active_bindings.values() if one.enabled and not _is_text(one.binding, screen)
        ]
        turned = screen.turned if isinstance(screen, Turning) else ()
        hints = tuple(_hints([one for one in working if one.show and one.id not in ALWAYS], turned))
        fixed = tuple(_hints([one for one in working if one.id in ALWAYS]))
        if (hints, fixed) != (self._hints, self._fixed):
            self._hints, self._fixed = hints, fixed
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        fixed_width = sum(hint.width for hint in self._fixed)
        shown: list[Hint] = []
        used = 1
        for hint in self._hints:
            if used + hint.width <= width - fixed_width:
                shown.append(hint)
                used += hint.width
        begin = max(0, width - fixed_width + 1)
        self._spans = []
        left = list(self._pieces(shown, 1))
        gap = Piece(" " * max(0, begin - used), "")
        right = list(self._pieces(self._fixed, begin))
        return Painter().strip([Piece(" ", ""), *left, gap, *right], width, self.rich_style)

    def _pieces(self, hints: Iterable[Hint], at: int) -> Iterator[Piece]:
        """The hints from column ``at`` on; notes where each key can be clicked."""
        for hint in hints:
            end = at + hint.width
            for index, (shown, key) in enumerate(hint.keys):
                cells = text.cells(shown) + 1
                is_last = index == len(hint.keys) - 1
                self._spans.append((range(at, end - 1 if is_last else at + cells), key))
                yield Piece(f"{shown} ", Tone.KEY)
                at += cells
            yield Piece(f"{hint.label}  ", Tone.PLAIN)
            at = end

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for span, key in self._spans:
            if event.x in span:
                self.app.simulate_key(key)
                return


def _is_text(binding: Binding, screen: Screen[object]) -> bool:
    """Whether the key that would be shown writes a character where the focus is."""
    focused = screen.focused
    shown = _shown(binding)
    if focused is None or binding.priority or len(shown) > 1 or not shown.isascii():
        return False
    return focused.check_consume_key(binding.key, shown)


def _hints(bindings: list[Binding], turned: Collection[str] = ()) -> Iterator[Hint]:
    """The bindings in the order of the table of actions, those of a group as one."""
    grouped: dict[object, list[Binding]] = {}
    for binding in bindings:
        members = grouped.setdefault(binding.group or binding.id, [])
        # An action on several keys is shown with its first.
        if all(one.id != binding.id for one in members):
            members.append(binding)
    for members in grouped.values():
        group = members[0].group
        keys = tuple((_shown(one), one.key) for one in members)
        yield Hint(keys, group.description if group else _label(members[0], turned))


def _label(binding: Binding, turned: Collection[str]) -> str:
    action = by_id(binding.id or "")
    return action.back_label if action and action.back_label and action.id in turned else binding.description


def _shown(binding: Binding) -> str:
    action = by_id(binding.id or "")
    return action.shown if action else binding.key
