"""The player around the panels: its keys, its line, and the play head that the bridge reads the session by.

The head stands here; where it may go is asked of the session. Everything else on screen only sees a session that
grows, or was younger again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from wsinspect.errors import UsageError, WsInspectError
from wsinspect.model import Moment
from wsinspect.replay.places import EXAMPLES, place
from wsinspect.replay.player import Player
from wsinspect.replay.track import Track
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, Closed, SessionReader
from wsinspect.ui.played import PlayFacts
from wsinspect.ui.screens.ask import Ask
from wsinspect.ui.styles import beside
from wsinspect.ui.widgets.play_bar import Part, PlayBar, Shown
from wsinspect.ui.widgets.workspace import Workspace

DRAWN_S = 0.1
"""Where the head stands is drawn this often, in seconds."""

_S = 1_000_000_000


class PlayDeck(Vertical):
    """The panels, and under them the player's line while the session is played."""

    DEFAULT_CSS = beside(__file__)
    BINDINGS = bindings(Scope.PLAY)

    may_play: var[bool] = var(False)
    """Whether there is something to play; told by the owner."""

    @dataclass
    class Changed(Message):
        """The session is played now, or is not any more, or it is played otherwise."""

        is_sent: bool = False
        """Whether the head was sent to another place."""

    @dataclass
    class Arrived(Message):
        """The head was sent to a moment, and is there."""

        moment: Moment

    @dataclass
    class Failed(Message):
        """The session cannot be read."""

        problem: str

    def __init__(self, bridge: Bridge, work: Workspace, now_ns: Callable[[], int]) -> None:
        """Around these panels.

        Args:
            bridge: the way to the session.
            work: the panels.
            now_ns: a clock that only goes forward, nanoseconds.
        """
        super().__init__()
        self._bridge = bridge
        self._work = work
        self._now_ns = now_ns
        self._bar = PlayBar()
        self._head: Player | None = None
        self._facts: PlayFacts | None = None
        self._turn = asyncio.Lock()
        """Steps follow each other: each begins where the one before it came to."""

    def compose(self) -> ComposeResult:
        """Panels over the line."""
        yield self._work
        yield self._bar

    def on_mount(self) -> None:
        """Keep the line up to date."""
        self.set_interval(DRAWN_S, self._draw)

    @property
    def is_playing(self) -> bool:
        """Whether the session is shown as of a play head, moving or not."""
        return self._head is not None

    @property
    def is_settled(self) -> bool:
        """Whether no step is on its way and the line says where the head stands."""
        return not self._turn.locked() and self._bar.shown == self._shown()

    @property
    def at_ns(self) -> int | None:
        """Where the head stands, nanoseconds since the epoch; None while the session is not played."""
        return self._head.at(self._now_ns()) if self._head is not None else None

    def take(self, facts: PlayFacts | None) -> None:
        """What a pulse brought."""
        self._facts = facts
        self._draw()

    # Begin and end

    async def begin(self) -> None:
        """Play from the beginning."""
        await self._in_turn(self._begin)

    async def _begin(self) -> None:
        span = await self._bridge.call(lambda reader: reader.ahead.span())
        if span is None:
            self._say("nothing was recorded: there is nothing to play")
            return
        head = Player.started(*span, self._now_ns())
        await self._bridge.play(lambda: head.begin_ns if self._head is None else self._head.at(self._now_ns()), span)
        self._head = head.sought(head.begin_ns, self._now_ns())
        self._changed()

    async def _end(self) -> None:
        self._head = self._facts = None
        await self._bridge.stop_playing()
        self._changed()

    def action_play(self) -> None:
        """Play the session, or show the whole of it again."""
        self._do(self._end if self.is_playing else self._begin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the player work while it plays; arrows belong to a field that is typed into."""
        if action == "play":
            return self.is_playing or self.may_play
        if action == "seek" and isinstance(self.screen.focused, Input):
            return False
        return self.is_playing

    # The head

    def switch(self) -> None:
        """Hold, or go on."""
        self._put(lambda head, now_ns: head.switched(now_ns))

    def action_pace(self, by: int) -> None:
        """Faster or slower."""
        self._put(lambda head, now_ns: head.paced(by, now_ns))

    def action_skip(self) -> None:
        """Pass over silences, or play them."""
        self._put(lambda head, now_ns: head.skipping(not head.skips, now_ns))

    def action_seek(self, seconds: int) -> None:
        """So many seconds on, or back."""
        self._put(lambda head, now_ns: head.sought(head.at(now_ns) + seconds * _S, now_ns), is_sent=True)

    def seek(self, at_ns: int) -> None:
        """To a moment."""
        self._put(lambda head, now_ns: head.sought(at_ns, now_ns), is_sent=True)

    def _put(self, change: Callable[[Player, int], Player], *, is_sent: bool = False) -> None:
        if self._head is not None:
            self._head = change(self._head, self._now_ns())
            self._bridge.look()
            self._draw()
            self.post_message(self.Changed(is_sent))

    def action_step(self, by: int) -> None:
        """To the next message of what is listed, or to before the newest one that is there."""
        self._do(self._forward if by > 0 else self._back)

    async def _forward(self) -> None:
        at_ns, connection = self._here()
        found = await self._bridge.call(lambda reader: reader.ahead.row_after(at_ns, connection))
        if found is None:
            self._say(f"there is no later message{_of(connection)}")
        else:
            self._hold_at(found)

    async def _back(self) -> None:
        at_ns, connection = self._here()
        found = await self._bridge.call(lambda reader: reader.ahead.row_before(at_ns, connection))
        if found is None:
            self._say(f"there is no earlier message{_of(connection)}")
        else:
            self._hold_at(found - 1)

    def _here(self) -> tuple[int, int | None]:
        """Where the head stands, and whose messages are listed."""
        shown = self._work.messages.connection
        return self.at_ns or 0, shown.id if shown is not None else None

    def _hold_at(self, at_ns: int) -> None:
        self._put(lambda head, now_ns: head.held(now_ns).sought(at_ns, now_ns), is_sent=True)

    def action_moment(self, by: int) -> None:
        """To the next or previous close, gap or mark."""
        self._do(lambda: self._go_to_moment(by))

    async def _go_to_moment(self, by: int) -> None:
        at_ns = self.at_ns or 0

        def ask(reader: SessionReader) -> Moment | None:
            return reader.ahead.moment_after(at_ns) if by > 0 else reader.ahead.moment_before(at_ns)

        found = await self._bridge.call(ask)
        if found is None:
            self._say(f"there is no {'later' if by > 0 else 'earlier'} close, gap or mark")
            return
        self.seek(found.at_ns)
        self.post_message(self.Arrived(found))

    def action_place(self) -> None:
        """Ask for a time, and go there."""
        self.app.push_screen(Ask(Content("Go to a time"), hint=f"{EXAMPLES} · Esc goes back", most=40), self._go_to)

    def _go_to(self, said: str | None) -> None:
        head = self._head
        if not said or head is None:
            return
        try:
            at_ns = place(said, begin_ns=head.begin_ns, end_ns=head.end_ns, at_ns=head.at(self._now_ns()))
        except UsageError as error:
            self._say(str(error))
            return
        self.seek(at_ns)

    @on(PlayBar.Sought)
    def _sought(self, event: PlayBar.Sought) -> None:
        event.stop()
        self.seek(event.at_ns)

    @on(PlayBar.Pressed)
    def _pressed(self, event: PlayBar.Pressed) -> None:
        event.stop()
        {Part.STATE: self.switch, Part.PLACE: self.action_place, Part.SILENCES: self.action_skip}[event.part]()

    # Asking and drawing

    def _do(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Let something be asked of the session after what was asked before."""
        self.run_worker(self._in_turn(ask), group="play", exit_on_error=True)

    async def _in_turn(self, ask: Callable[[], Awaitable[None]]) -> None:
        async with self._turn:
            try:
                await ask()
            except Closed:
                return
            except WsInspectError as error:
                self.post_message(self.Failed(str(error)))

    def _say(self, said: str) -> None:
        self.app.notify(said, markup=False)

    def _changed(self) -> None:
        self._bar.display = self.is_playing
        self._draw()
        self.refresh_bindings()
        self.post_message(self.Changed(is_sent=True))

    def _draw(self) -> None:
        """Where the head stands now; in a silence it may be sent on."""
        head, now_ns = self._head, self._now_ns()
        if head is not None and self._facts is not None:
            passed = head.past_silence(self._facts.silence, now_ns)
            if passed is not head:
                self._head = passed
                self._bridge.look()
        self._bar.shown = self._shown()

    def _shown(self) -> Shown | None:
        head, now_ns = self._head, self._now_ns()
        if head is None:
            return None
        track = self._facts.track if self._facts is not None else Track(head.begin_ns, head.end_ns)
        return Shown(track, head.at(now_ns), head.is_moving(now_ns), head.speed, head.skips)


def _of(connection: int | None) -> str:
    return f" of #{connection}" if connection is not None else ""
