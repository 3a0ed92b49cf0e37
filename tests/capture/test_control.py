"""The pipe to the parent, and tasks that are not lost."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from tests.limits import LIMIT_S
from wsinspect.capture.control import Control
from wsinspect.capture.plan import CapturePlan, problem_from_json, problem_to_json
from wsinspect.capture.sockets import address_text, ending_of
from wsinspect.capture.tasks import Tasks
from wsinspect.errors import EnvironmentProblem, SessionFileError, UsageError, WsInspectError
from wsinspect.model import Ending


@pytest.fixture
def pipes() -> tuple[int, int, int, int]:
    """Commands to read and to write, answers to read and to write."""
    return (*os.pipe(), *os.pipe())


async def test_commands_and_the_end(pipes: tuple[int, int, int, int]) -> None:
    commands, to_child, answers, from_child = pipes
    control = Control(asyncio.get_running_loop(), commands, from_child)
    os.write(to_child, b'{"do": "a"}\n{"do": ')
    os.write(to_child, b'"b"}\nnonsense\n[1]\n{"half')
    async with asyncio.timeout(LIMIT_S):
        assert [await control.next() for _ in range(4)] == [{"do": "a"}, {"do": "b"}, {}, {}]
        os.close(to_child)
        assert await control.next() is None
    control.answer({"event": "ä"})
    assert os.read(answers, 100) == b'{"event": "\\u00e4"}\n'
    for descriptor in (commands, answers, from_child):
        os.close(descriptor)


async def test_answers_never_wait(pipes: tuple[int, int, int, int]) -> None:
    commands, to_child, answers, from_child = pipes
    control = Control(asyncio.get_running_loop(), commands, from_child)
    for _ in range(5000):
        control.answer({"event": "x" * 100})
    lines = os.read(answers, 1 << 20).split(b"\n")
    assert all(len(line) == len(lines[0]) for line in lines[:-1])
    os.close(answers)
    control.answer({"event": "nobody is there"})
    os.close(to_child)
    assert await control.next() is None
    os.close(commands)
    os.close(from_child)


def test_plan_survives_the_pipe(tmp_path: Path) -> None:
    plan = CapturePlan(tmp_path / "ä.wsi", "ws://h", ("a:1", "b:2"), insecure=True, allow_host=("x",), origin="o")
    assert CapturePlan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize("kind", [WsInspectError, UsageError, EnvironmentProblem, SessionFileError])
def test_problems_survive_the_pipe(kind: type[WsInspectError]) -> None:
    found = problem_from_json(problem_to_json(kind("what", "hint")))
    assert (type(found), found.problem, found.hint) == (kind, "what", "hint")


def test_unknown_problem() -> None:
    assert type(problem_from_json({"kind": "Other"})) is EnvironmentProblem


async def test_tasks_report_what_they_raise() -> None:
    failures: list[BaseException] = []
    tasks = Tasks(failures.append)
    error = ZeroDivisionError()

    async def fail() -> None:
        raise error

    tasks.start(fail())
    forever = tasks.start(asyncio.Event().wait())  # type: ignore[arg-type]  # its result does not matter
    assert len(tasks) == 2
    await tasks.finish(0.01)
    await asyncio.sleep(0)
    assert failures == [error]
    assert forever.cancelled()
    assert len(tasks) == 0
    await tasks.finish(0)


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (errno.ECONNRESET, Ending.RST),
        (errno.EPIPE, Ending.RST),
        (errno.ETIMEDOUT, Ending.TIMEOUT),
        (errno.EHOSTUNREACH, Ending.TIMEOUT),
    ],
)
def test_endings(code: int, ending: Ending) -> None:
    assert ending_of(OSError(code, "")) is ending


def test_addresses() -> None:
    assert address_text(("::1", 80, 0, 0)) == "[::1]:80"
    assert address_text(("1.2.3.4", 80)) == "1.2.3.4:80"
    assert address_text("") == ""
