"""Standard output for a program that must never wait for it: a pager that does not read stalls nothing else."""

from __future__ import annotations

import asyncio
import os
import queue
import sys
import threading


class Output:
    """Writes to a file descriptor in a thread of its own."""

    def __init__(self, descriptor: int | None = None) -> None:
        """Start the thread; it ends with the process, even in the middle of a write.

        Args:
            descriptor: Where to write; None is standard output.
        """
        self._descriptor = sys.stdout.fileno() if descriptor is None else descriptor
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[tuple[bytes, asyncio.Future[bool]]] = queue.SimpleQueue()
        self.is_gone = False
        """Whether nobody reads any more; what is written then is dropped."""
        threading.Thread(target=self._work, daemon=True, name="output").start()

    def write(self, text: str) -> asyncio.Future[bool]:
        """Begin to write.

        Returns:
            True once all of it is written, False when nobody reads any more.
        """
        done: asyncio.Future[bool] = self._loop.create_future()
        # A terminal that cannot show an arrow gets an escape, not an exception.
        self._jobs.put((text.encode(self._encoding, "backslashreplace"), done))
        return done

    def _work(self) -> None:
        while True:
            data, done = self._jobs.get()
            # os.write and not sys.stdout: a thread left behind in a buffered write would hold its lock at exit.
            try:
                while data and not self.is_gone:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                self.is_gone = True
            try:
                self._loop.call_soon_threadsafe(self._finish, done)
            except RuntimeError:
                return  # the loop is closed: the program is ending

    def _finish(self, done: asyncio.Future[bool]) -> None:
        if not done.done():
            done.set_result(not self.is_gone)
