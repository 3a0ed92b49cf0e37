"""What this process has freed, given back to the system.

A burst that outruns the disk waits in memory. Once it is written its memory is free, but stays with the process: the C
library keeps it for the next burst, which may never come.
"""

from __future__ import annotations

import ctypes
import sys

WORTH_BYTES = 1 << 20
"""Bytes that must have passed before there is anything to give back."""


class Heap:
    """Counts what passed through memory, and gives back what is free; used by the thread that writes alone."""

    def __init__(self) -> None:
        self._passed = 0
        # glibc's own; elsewhere nothing is kept, or nobody can be asked to give it back.
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None

    @property
    def has_some(self) -> bool:
        """Whether there may be something to give back."""
        return self._passed >= WORTH_BYTES

    def passed(self, size: int) -> None:
        """So many bytes were in memory, and are free now."""
        self._passed += size

    def give_back(self) -> None:
        """Give back what is free: a matter of 2 ms after a burst, else of none."""
        if not self.has_some:
            return
        if self._trim is not None:
            self._trim(0)
        self._passed = 0
