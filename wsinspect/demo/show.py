"""Plays the scenarios in order and at a pace that a person can follow."""

from __future__ import annotations

import asyncio
import logging

from websockets.exceptions import WebSocketException

from wsinspect.demo.scenarios import LASTING, PASSING, Play
from wsinspect.demo.stage import Stage

LOG = logging.getLogger("wsinspect.demo")

BETWEEN = 2.2
"""Seconds from one scenario's start to the next one's, at normal pace."""
WARM_UP = 0.25
"""Seconds from one lasting connection to the next."""
BETWEEN_ROUNDS = 3.0
LONGEST = 60.0
"""Seconds after which a scenario is given up (a relay that swallows everything); at any pace."""


async def play(stage: Stage, *, once: bool) -> None:
    """Play one round, or rounds for ever."""
    await play_round(stage)
    while not once:
        await stage.pause(BETWEEN_ROUNDS)
        await play_round(stage)


async def play_round(stage: Stage) -> None:
    """Every scenario once; the lasting ones end when all others have."""
    stage.begin_round()
    async with asyncio.TaskGroup() as lasting:
        for scenario in LASTING:
            lasting.create_task(play_quietly(scenario, stage))
            await stage.pause(WARM_UP)
        async with asyncio.TaskGroup() as passing:
            for scenario in PASSING:
                passing.create_task(play_quietly(scenario, stage, LONGEST))
                await stage.pause(BETWEEN)
        stage.curtain.set()


async def play_quietly(scenario: Play, stage: Stage, limit: float | None = None) -> None:
    """Play one scenario; that its connection cannot be made or breaks is no fault of the demo."""
    try:
        async with asyncio.timeout(limit):
            await scenario(stage)
    except (OSError, WebSocketException):
        return  # TimeoutError is an OSError; the relay is gone, or refused the upgrade as it should
    except Exception:  # the edge of a scenario: one that fails must not end the others
        LOG.exception("scenario %s failed", getattr(scenario, "__name__", scenario))
