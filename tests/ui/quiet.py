"""Waits until the app has nothing to do, whatever the machine is busy with.

Textual's pilot guesses that from the CPU time the process takes: on a busy machine it goes on while messages are still
queued, and a key is pressed before what the last one did is there. The event loop itself knows: when nothing is ready
to run but the test, all that was sent is handled, and what goes on waits for a thread, a file or a timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import textual.app
import textual.pilot

from tests.limits import LIMIT_S


def is_quiet() -> bool:
    """Whether nothing is ready to run on the event loop but the caller."""
    loop = asyncio.get_running_loop()
    return not loop._ready  # type: ignore[attr-defined]  # no public name; all loops of asyncio have it


async def quiet(min_sleep: float = 0, max_sleep: float = LIMIT_S) -> None:
    """Wait until nothing is ready to run; takes what Textual's own ``wait_for_idle`` takes."""
    async with asyncio.timeout(LIMIT_S):
        await asyncio.sleep(min_sleep)
        while True:
            # A whole turn of the loop: it looks for timers and for threads that are done once in each.
            await asyncio.sleep(0)
            if is_quiet():
                return


def wait_exactly(put: Callable[[object, str, object], None] = setattr) -> None:
    """Let every pilot wait so from now on.

    Args:
        put: sets an attribute; a test gives one that sets it back at its end.
    """
    for module in (textual.app, textual.pilot):
        put(module, "wait_for_idle", quiet)
