"""The player around what a screen shows: its keys, and its line under it while the session is played."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Input

from wsinspect.errors import UsageError, WsInspectError
from wsinspect.model import Moment
from wsinspect.replay.places import EXAMPLES, place
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.playing.head import PlayHead
from wsinspect.ui.screens.ask import Ask
from wsinspect.ui.widgets.play_bar import Part, PlayBar

DRAWN_S = 0.1
"""Where the head stands is drawn this often, in seconds."""

_S = 1_000_000_000


class PlayDeck(Vertical):
    """What a screen shows, and under it the player's line."""

    DEFAULT_CSS = beside(__file__)
    BINDINGS = bindings(Scope.PLAY)

    @dataclass
    class Changed(Message):
        """The session is played now, or is not any more, or it is played otherwise."""

        is_sent: bool = False
        """Whether the head was sent to another place."""

    @dataclass
    class Arrived(Message):
        """The head was sent from here to a moment, and is there."""

        moment: Moment

    @dataclass
    class Failed(Message):
        """The session cannot be read."""

        problem: str

    def __init__(self, head: PlayHead, work: Widget, stepped: Callable[[], int | None]) -> None:
        """Around this.

        Args:
            head: the play head, which other screens may share.
            work: what is shown.
            stepped: tells whose messages are stepped through; None: those of all connections.
        """
        super().__init__()
        self._head = head
        self._work = work
        self._stepped = stepped
        self._bar = PlayBar()

    def compose(self) -> ComposeResult:
        """What is shown, over the line."""
        yield self._work
        yield self._bar

    def on_mount(self) -> None:
        """Keep the line up to date."""
        self._bar.display = self._head.is_playing
        self._head.listen(self._changed)
        self.set_interval(DRAWN_S, self.draw)
        self.draw()

    def on_unmount(self) -> None:
        """Let go of the head."""
        self._head.forget(self._changed)

    @property
    def is_playing(self) -> bool:
        """Whether the session is shown as of a play head, moving or not."""
        return self._head.is_playing

    @property
    def is_settled(self) -> bool:
        """Whether no step is on its way and the line says where the head stands."""
        return not self._head.turn.locked() and self._bar.shown == self._head.shown()

    @property
    def at_ns(self) -> int | None:
        """Where the head stands, nanoseconds since the epoch; None while the session is not played."""
        return self._head.at_ns

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the player work while it plays."""
        return self.is_playing

    def switch(self) -> None:
        """Hold, or go on."""
        self._head.switch()

    def seek(self, at_ns: int) -> None:
        """To a moment."""
        self._head.seek(at_ns)

    def action_pace(self, by: int) -> None:
        """Faster or slower."""
        self._head.put(lambda player, now_ns: player.paced(by, now_ns))

    def action_skip(self) -> None:
        """Pass over silences, or play them."""
        self._head.put(lambda player, now_ns: player.skipping(not player.skips, now_ns))

    def action_step(self, by: int) -> None:
        """To the next message of what is stepped through, or to before the newest one that is there."""
        self._do(lambda: self._step(by))

    async def _step(self, by: int) -> None:
        connection = self._stepped()
        if not await self._head.step(by, connection):
            whose = f" of #{connection}" if connection is not None else ""
            self._say(f"there is no {'later' if by > 0 else 'earlier'} message{whose}")

    def action_moment(self, by: int) -> None:
        """To the next or previous close, gap or mark."""
        self._do(lambda: self._go_to_moment(by))

    async def _go_to_moment(self, by: int) -> None:
        found = await self._head.go_to_moment(by)
        if found is None:
            self._say(f"there is no {'later' if by > 0 else 'earlier'} close, gap or mark")
        else:
            self.post_message(self.Arrived(found))

    def action_place(self) -> None:
        """Ask for a time, and go there."""
        self.app.push_screen(Ask(Content("Go to a time"), hint=f"{EXAMPLES} · Esc goes back", most=40), self._go_to)

    def _go_to(self, said: str | None) -> None:
        player, at_ns = self._head.player, self._head.at_ns
        if not said or player is None or at_ns is None:
            return
        try:
            wanted_ns = place(said, begin_ns=player.begin_ns, end_ns=player.end_ns, at_ns=at_ns)
        except UsageError as error:
            self._say(str(error))
            return
        self.seek(wanted_ns)

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
        self.run_worker(self.in_turn(ask), group="play", exit_on_error=True)

    async def in_turn(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask something of the session after what was asked before; what goes wrong is told to the owner."""
        async with self._head.turn:
            try:
                await ask()
            except Closed:
                return
            except WsInspectError as error:
                self.post_message(self.Failed(str(error)))

    def _say(self, said: str) -> None:
        self.app.notify(said, markup=False)

    def _changed(self, is_sent: bool) -> None:
        if self._bar.display != self.is_playing:
            self._bar.display = self.is_playing
            self.refresh_bindings()
        self.draw()
        self.post_message(self.Changed(is_sent))

    def draw(self) -> None:
        """Where the head stands now; in a silence it may be sent on."""
        self._head.pass_silence()
        self._bar.shown = self._head.shown()


class MainDeck(PlayDeck):
    """The player of the main screen, where playing begins and ends."""

    BINDINGS = bindings(Scope.PLAY_MAIN)

    may_play: var[bool] = var(False)
    """Whether there is something to play; told by the owner."""

    async def begin(self) -> None:
        """Play from the beginning."""
        await self.in_turn(self._begin)

    async def _begin(self) -> None:
        if not await self._head.begin():
            self._say("nothing was recorded: there is nothing to play")

    def action_play(self) -> None:
        """Play the session, or show the whole of it again."""
        self._do(self._head.end if self.is_playing else self._begin)

    def action_seek(self, seconds: int) -> None:
        """So many seconds on, or back."""
        self._head.put(lambda player, now_ns: player.sought(player.at(now_ns) + seconds * _S, now_ns), is_sent=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is not played may be; arrows belong to a field that is typed into."""
        if action == "play":
            return self.is_playing or self.may_play
        if action == "seek" and isinstance(self.screen.focused, Input):
            return False
        return self.is_playing
