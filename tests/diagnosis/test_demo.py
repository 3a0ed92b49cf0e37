"""The first finding on every close of the demo, played through the real relay, is the cause that was staged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.demo.test_scenarios import ENDS, record_round
from wsinspect.model import Finding
from wsinspect.session.reader import Reader

pytestmark = pytest.mark.integration

CAUSES = {
    "/feed": "client-leaves",
    "/chat?room=7": "client-done",
    "/depth?symbol=ACME": "server-stops",
    "/orders": "handler-failed",
    "/gateway/quotes": "upstream-failed",
    "/gateway/news": "upstream-failed",
    "/gateway/trades": "upstream-failed",
    "/gateway/reports?year=2026": "gateway-without-server",
    "/upload": "too-big",
    "/scores?match=88": "restart",
    "/alerts": "forbidden",
    "/telemetry": "wrong-data-type",
    "/rooms/12": "application-code",
    "/graphql": "vendor-code",
    "/account": "login-refused",
    "/exports?job=41": "client-done",
    "/exports?job=42": "overloaded",
    "/presence": "keepalive-timeout",
    "/jobs/881": "server-dropped",
    "/reports/october": "client-done",
    "/dashboard": "client-leaves",
    "/sync": "extension-missing",
    "/notes": "closed-without-code",
    "/logs": "bad-utf8",
    "/sensors/3": "mask",
    "/trackers/19": "client-dropped",
}
CALM = {"/feed", "/chat?room=7", "/exports?job=41", "/reports/october", "/dashboard", "/notes"}
"""Closes that need nothing."""


@pytest.fixture(scope="module")
def causes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Finding, ...]]]:
    """The findings by path; of several connections to one path those of the last."""
    folder = tmp_path_factory.mktemp("demo")
    asyncio.run(record_round(folder / "demo.wsi", folder))
    reader = Reader(folder / "demo.wsi")
    yield {found.path: reader.findings(found.id) for found in reader.connections(1, 1000)}
    reader.close()


def test_every_scenario_has_a_cause() -> None:
    assert CAUSES.keys() == ENDS.keys()


@pytest.mark.parametrize("path", CAUSES)
def test_the_first_finding_is_what_was_staged(causes: dict[str, tuple[Finding, ...]], path: str) -> None:
    first = causes[path][0]
    assert first.rule == CAUSES[path], causes[path]
    assert first.is_alarm == (path not in CALM)
    assert len(first.cause) <= 110


def test_the_crash_that_came_twice_is_certain(causes: dict[str, tuple[Finding, ...]]) -> None:
    first = causes["/orders"][0]
    assert first.strength.label == "certain"
    assert first.rows == (5,)
    assert len(first.others) == 1
