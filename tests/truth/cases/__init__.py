"""The table, by theme."""

from __future__ import annotations

from tests.truth.case import Case
from tests.truth.cases import endings, gateways, handshakes, messages, mixed, pings, server_code, third, varied

CASES: tuple[Case, ...] = (
    *server_code.CASES,
    *pings.CASES,
    *messages.CASES,
    *gateways.CASES,
    *handshakes.CASES,
    *endings.CASES,
    *mixed.CASES,
    *varied.CASES,
    *third.CASES,
)
