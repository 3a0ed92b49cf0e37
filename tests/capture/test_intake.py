"""What a connection brings before anybody has its flow: an error of our own reaches who waits, or the log."""

from __future__ import annotations

import asyncio

import pytest

from wsinspect.capture.intake import Intake
from wsinspect.clock import Clock
from wsinspect.model import Ending


@pytest.fixture
async def logged() -> list[object]:
    """Errors that the event loop writes to the log."""
    found: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, said: found.append(said["exception"]))
    return found


async def test_an_error_reaches_who_waits(logged: list[object]) -> None:
    intake, error = Intake(Clock()), ZeroDivisionError("on purpose")
    intake.crashed(error)
    with pytest.raises(ZeroDivisionError):
        await intake.gone
    assert logged == []


async def test_an_error_on_a_connection_that_was_gone_is_logged(logged: list[object]) -> None:
    intake, error = Intake(Clock()), ZeroDivisionError("on purpose")
    intake.lost(Ending.RST)
    intake.crashed(error)
    assert await intake.gone is Ending.RST
    assert logged == [error]
