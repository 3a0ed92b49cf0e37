"""The scenarios, each a client's side and a server's side beside each other, and the order in which they are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wsinspect.demo.routes import Route
from wsinspect.demo.scenarios import client_closes as by_client
from wsinspect.demo.scenarios import gateway, healthy
from wsinspect.demo.scenarios import server_closes as by_server
from wsinspect.demo.stage import Stage

Play = Callable[[Stage], Awaitable[None]]
"""Plays the client's side once; may raise OSError and WebSocketException when the relay is not there."""

LASTING: tuple[Play, ...] = (healthy.feed, healthy.chat, healthy.depth)
"""Start first and run until the round is over."""

PASSING: tuple[Play, ...] = (
    by_server.crash,
    gateway.upstream_down,
    by_server.too_big,
    by_server.restart,
    by_server.worker_dies,
    by_server.silent_client,
    gateway.upstream_rubbish,
    by_server.policy,
    gateway.refused,
    by_client.normal,
    by_client.bad_utf8,
    by_client.protocol_error,
    by_server.unsupported,
    by_server.crash,
    by_server.application,
    by_client.going_away,
    gateway.upstream_dies,
    by_server.overload,
    by_client.mandatory_extension,
    by_client.no_status,
    by_server.unauthorized,
    by_server.vendor,
    by_client.power_cut,
)
"""One after the other. The same order crashes the server twice: that it is the order's fault can then be seen."""


def routes() -> dict[str, Route]:
    """The target's paths; services that remember something are new with each call."""
    return {
        "/feed": Route(healthy.serve_feed),
        "/chat": Route(healthy.serve_chat),
        "/depth": Route(healthy.serve_depth),
        "/orders": Route(by_server.serve_orders),
        "/gateway/quotes": Route(gateway.serve_quotes, is_gateway=True),
        "/gateway/news": Route(gateway.serve_news, is_gateway=True),
        "/gateway/trades": Route(gateway.serve_trades, is_gateway=True),
        "/gateway/reports": Route(gateway.serve_reports, check=gateway.check_reports, is_gateway=True),
        "/scores": Route(by_server.serve_scores),
        "/upload": Route(by_server.serve_upload),
        "/alerts": Route(by_server.serve_alerts),
        "/telemetry": Route(by_server.serve_telemetry),
        "/rooms/12": Route(by_server.serve_room),
        "/graphql": Route(by_server.serve_graphql),
        "/account": Route(by_server.serve_account),
        "/exports": Route(by_server.Exports().serve),
        "/presence": Route(by_server.serve_presence, keepalive=by_server.PATIENCE),
        "/jobs/881": Route(by_server.serve_job),
        "/reports/october": Route(by_client.serve_report),
        "/dashboard": Route(by_client.serve_dashboard),
        "/sync": Route(by_client.serve_quietly),
        "/notes": Route(by_client.serve_quietly),
        "/logs": Route(by_client.serve_quietly),
        "/sensors/3": Route(by_client.serve_quietly),
        "/trackers/19": Route(by_client.serve_quietly),
    }
