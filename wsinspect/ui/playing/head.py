"""The play head of a session that is played: where it stands, who is told, and what is asked of the session for it.

It belongs to the main screen; other screens over the same session share it. The bridge reads the session as of where it
stands, so that everything else on screen only sees a session that grows, or was younger again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from wsinspect.model import Moment
from wsinspect.replay.player import Player
from wsinspect.replay.track import Track
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.playing.counted import PlayFacts
from wsinspect.ui.playing.shown import Shown

Listener = Callable[[bool], None]
"""Told of a change: whether the head was sent to another place."""


class PlayHead:
    """Moves through the time of a session."""

    def __init__(self, bridge: Bridge, now_ns: Callable[[], int]) -> None:
        """Nothing is played yet.

        Args:
            bridge: the way to the session.
            now_ns: a clock that only goes forward, nanoseconds.
        """
        self._bridge = bridge
        self._now_ns = now_ns
        self._player: Player | None = None
        self._facts: PlayFacts | None = None
        self._listeners: list[Listener] = []
        self.turn = asyncio.Lock()
        """Steps follow each other: each begins where the one before it came to."""

    def listen(self, listener: Listener) -> None:
        """Tell of each change from now on."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Tell no more."""
        self._listeners.remove(listener)

    def _changed(self, *, is_sent: bool) -> None:
        for listener in tuple(self._listeners):
            listener(is_sent)

    # Where it stands

    @property
    def is_playing(self) -> bool:
        """Whether the session is shown as of a play head, moving or not."""
        return self._player is not None

    @property
    def at_ns(self) -> int | None:
        """Where it stands, nanoseconds since the epoch; None while the session is not played."""
        return self._player.at(self._now_ns()) if self._player is not None else None

    @property
    def player(self) -> Player | None:
        """How it moves; None while the session is not played."""
        return self._player

    def take(self, facts: PlayFacts | None) -> None:
        """What a pulse brought."""
        self._facts = facts

    def shown(self) -> Shown | None:
        """What is said of it; None while the session is not played."""
        player, now_ns = self._player, self._now_ns()
        if player is None:
            return None
        track = self._facts.track if self._facts is not None else Track(player.begin_ns, player.end_ns)
        return Shown(track, player.at(now_ns), player.is_moving(now_ns), player.speed, player.skips)

    # How it moves

    async def begin(self) -> bool:
        """Play from the beginning; returns whether there is anything to play.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        span = await self._bridge.call(lambda reader: reader.ahead.span())
        if span is None:
            return False
        player = Player.started(*span, self._now_ns())
        await self._bridge.play(lambda: player.begin_ns if self.at_ns is None else self.at_ns, span)
        self._player = player.sought(player.begin_ns, self._now_ns())
        self._changed(is_sent=True)
        return True

    async def end(self) -> None:
        """Show the whole session again.

        Raises:
            Closed: the session was let go of.
        """
        self._player = self._facts = None
        await self._bridge.stop_playing()
        self._changed(is_sent=True)

    def put(self, change: Callable[[Player, int], Player], *, is_sent: bool = False) -> None:
        """Change how it moves, if the session is played.

        Args:
            change: gets the player and the time by the clock that only goes forward.
            is_sent: whether this sends it to another place.
        """
        if self._player is not None:
            self._player = change(self._player, self._now_ns())
            self._bridge.look()
            self._changed(is_sent=is_sent)

    def switch(self) -> None:
        """Hold, or go on."""
        self.put(lambda player, now_ns: player.switched(now_ns))

    def seek(self, at_ns: int) -> None:
        """To a moment."""
        self.put(lambda player, now_ns: player.sought(at_ns, now_ns), is_sent=True)

    def hold_at(self, at_ns: int) -> None:
        """To a moment, and stand there."""
        self.put(lambda player, now_ns: player.held(now_ns).sought(at_ns, now_ns), is_sent=True)

    def pass_silence(self) -> None:
        """Go on behind a silence that is to be passed over."""
        player, now_ns = self._player, self._now_ns()
        if player is not None and self._facts is not None:
            passed = player.past_silence(self._facts.silence, now_ns)
            if passed is not player:
                self._player = passed
                self._bridge.look()

    # What is asked for it

    async def step(self, by: int, connection: int | None) -> bool:
        """Hold, and go to the next row or to before the newest one; returns whether there is one.

        Args:
            by: above 0 forward, else back.
            connection: whose rows; None: those of all.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        at_ns = self.at_ns or 0

        def ask(reader: SessionReader) -> int | None:
            ahead = reader.ahead
            return ahead.row_after(at_ns, connection) if by > 0 else ahead.row_before(at_ns, connection)

        found = await self._bridge.call(ask)
        if found is not None:
            self.hold_at(found if by > 0 else found - 1)
        return found is not None

    async def go_to_moment(self, by: int) -> Moment | None:
        """To the next or previous close, gap or mark; returns it, None where there is none.

        Raises:
            Closed: the session was let go of.
            WsInspectError: it cannot be read.
        """
        at_ns = self.at_ns or 0

        def ask(reader: SessionReader) -> Moment | None:
            return reader.ahead.moment_after(at_ns) if by > 0 else reader.ahead.moment_before(at_ns)

        found = await self._bridge.call(ask)
        if found is not None:
            self.seek(found.at_ns)
        return found
