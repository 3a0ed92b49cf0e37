"""A TCP connection on a non-blocking socket, with every way it can end told apart.

asyncio's own transports end a connection at the first failed write, with what the peer sent last (often its close
frame) still unread, cannot reset, and do not see a reset while paused. So the link reads and writes the socket
itself: a failed write ends writing only, and what has arrived is read to its end.
"""

from __future__ import annotations

import asyncio
import socket

from wsinspect.capture.leg import Hold, Leg, LegUser
from wsinspect.capture.sockets import (
    address_text,
    ending_of,
    kernel_unsent,
    pending_error,
    reset,
    set_no_delay,
)
from wsinspect.capture.watch import Watch
from wsinspect.model import Ending

READ_BYTES = 256 * 1024
"""The most that is read at once."""

HIGH_WATER = 64 * 1024
"""Bytes waiting to be sent from which on a link is clogged; it is relieved at a quarter of them."""


class Link(Leg):
    """One TCP connection; reads from the start, so give it its user first.

    Args:
        sock: connected; taken over.
        user: who is told what happens.
        loop: the running loop.
        watch: the process's watch for resets.
    """

    def __init__(self, sock: socket.socket, user: LegUser, loop: asyncio.AbstractEventLoop, watch: Watch) -> None:
        sock.setblocking(False)
        set_no_delay(sock)
        self.user = user
        self._sock = sock
        self._fd = sock.fileno()
        self._loop = loop
        self._watch = watch
        self._peer = _peer_of(sock)
        self._holds = Hold.NONE
        self._is_reading = self._is_watched = self._is_writing = False
        self._has_eof = self._is_lost = self._is_closed = False
        self._write_error: OSError | None = None
        self._out = bytearray()
        self._was_clogged = False
        self._dropped = 0
        self._finish_wanted = self._finish_sent = False
        self._attend()

    @property
    def peer(self) -> str:
        """The peer's address, ``host:port``."""
        return self._peer

    @property
    def is_clogged(self) -> bool:
        """Whether HIGH_WATER bytes wait to be sent."""
        return len(self._out) >= HIGH_WATER

    @property
    def is_sent(self) -> bool:
        """Whether everything written, and the FIN if one was asked for, is with the kernel or can go nowhere."""
        if self._is_lost or self._is_closed or self._write_error:
            return True
        return not self._out and self._finish_wanted == self._finish_sent

    @property
    def is_delivered(self) -> bool:
        """Whether the peer's kernel has acknowledged everything, or never will."""
        if self._is_lost or self._is_closed or self._write_error:
            return True
        return self.is_sent and kernel_unsent(self._sock, is_finished=self._finish_sent) == 0

    def undelivered(self) -> int:
        """Bytes written that the peer's kernel has not acknowledged."""
        in_kernel = 0 if self._is_closed else kernel_unsent(self._sock, is_finished=self._finish_sent)
        return self._dropped + len(self._out) + in_kernel

    # Reading

    def hold(self, why: Hold) -> None:
        """Do not read until this reason is released."""
        self._holds |= why
        self._attend()

    def release(self, why: Hold) -> None:
        """Drop a reason not to read."""
        self._holds &= ~why
        self._attend()

    def read_now(self, limit: int) -> None:
        """Read what has arrived, held or not, about ``limit`` bytes of it."""
        for _ in range(0, limit, READ_BYTES):
            if self._has_eof or self._is_lost or self._is_closed or not self._read():
                return

    def _attend(self) -> None:
        """Read when there is something to read and nothing against it, else watch for a reset."""
        alive = not self._is_lost and not self._is_closed
        # After a failed write there is nothing to hold back for: only what has arrived is left.
        wanted = alive and not self._has_eof and (not self._holds or self._write_error is not None)
        if wanted != self._is_reading:
            self._is_reading = wanted
            if wanted:
                self._loop.add_reader(self._fd, self._read)
            else:
                self._loop.remove_reader(self._fd)
        watched = alive and not wanted
        if watched != self._is_watched:
            self._is_watched = watched
            if watched:
                self._watch.add(self._fd, self._troubled)
            else:
                self._watch.discard(self._fd)

    def _read(self) -> bool:
        """Read once; whether there may be more."""
        try:
            data = self._sock.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self._lose(error)
            return False
        try:
            if data:
                self.user.received(data)
            elif self._write_error:
                # The failed write took the error off the socket; without it the reset looks like a FIN.
                self._lose(self._write_error)
            else:
                self._has_eof = True
                self._attend()
                self.user.finished(Ending.FIN)
        except Exception as error:  # the edge between sockets and everything above them
            self.user.crashed(error)
        return bool(data)

    def _troubled(self) -> None:
        """The watch saw an error on the socket."""
        self._is_watched = False
        if not self._has_eof:
            # Not taken off the socket here: reading to the end of what arrived meets it.
            self._write_error = self._write_error or OSError("connection lost")
            self._attend()
        elif error := pending_error(self._sock) or self._write_error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        self._is_lost = True
        self._attend()
        self._stop_writing()
        try:
            self.user.lost(ending_of(error))
        except Exception as problem:  # as in _read
            self.user.crashed(problem)

    # Writing

    def write(self, data: bytes) -> None:
        """Send, or keep until it can be sent."""
        if self._is_lost or self._is_closed or self._write_error or self._finish_wanted:
            self._dropped += len(data)
            return
        if self._out:
            self._out += data
            return
        sent = self._send(data)
        if sent < len(data) and not self._write_error:
            self._out += memoryview(data)[sent:]
            self._was_clogged = self.is_clogged
            self._is_writing = True
            self._loop.add_writer(self._fd, self._writable)

    def finish(self, how: Ending = Ending.FIN) -> None:
        """Send a FIN once all is sent."""
        if not self._finish_wanted:
            self._finish_wanted = True
            self._finish_if_sent()

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            if data is not self._out:
                self._dropped += len(data)
            self._write_failed(error)
            return 0

    def _write_failed(self, error: OSError) -> None:
        """Write no more; reading goes on to the end of what arrived, and that end is reported as lost."""
        self._write_error = self._write_error or error
        self._stop_writing()
        self._attend()
        if self._has_eof:
            self._loop.call_soon(self._lose_unless_gone, self._write_error)

    def _lose_unless_gone(self, error: OSError) -> None:
        if not self._is_lost and not self._is_closed:
            self._lose(error)

    def _writable(self) -> None:
        sent = self._send(self._out)
        if self._write_error:
            self.user.relieved()
            return
        del self._out[:sent]
        if not self._out:
            self._stop_writing()
            self._finish_if_sent()
        if not self._out or (self._was_clogged and len(self._out) <= HIGH_WATER // 4):
            self._was_clogged = False
            self.user.relieved()

    def _finish_if_sent(self) -> None:
        if self._finish_wanted and not self._finish_sent and not self._out and not self._is_closed:
            self._finish_sent = True
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError as error:
                self._write_failed(error)

    def _stop_writing(self) -> None:
        if self._is_writing:
            self._is_writing = False
            self._loop.remove_writer(self._fd)

    # The end

    def close(self) -> None:
        """Drop the socket; the kernel goes on sending what it has."""
        self._drop()
        self._sock.close()

    def reset(self) -> None:
        """Drop the socket with an RST."""
        self._drop()
        reset(self._sock)

    def _drop(self) -> None:
        if not self._is_closed:
            self._dropped = self.undelivered()
            self._out.clear()
            self._is_closed = True
            self._attend()
            self._stop_writing()


def _peer_of(sock: socket.socket) -> str:
    try:
        return address_text(sock.getpeername())
    except OSError:
        return ""
