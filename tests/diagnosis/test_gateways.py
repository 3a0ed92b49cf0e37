"""Gateways by what they write into the answer, and the data behind it."""

from __future__ import annotations

import pytest

from tests.diagnosis.building import CLIENT, SERVER, Made, opened
from wsinspect.codes.products import product
from wsinspect.diagnosis.gateways import LimitKind, gateways, known_limits, limits
from wsinspect.diagnosis.software import emission, setting_of, software_at


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Server: nginx/1.22.1", "nginx"),
        ("CF-RAY: 8a1b-FRA", "Cloudflare"),
        ("X-Azure-Ref: 0abc", "Azure Front Door"),
        ("Via: 1.1 vegur", "Heroku router"),
        ("Via: 1.1 somebody", "somebody"),
    ],
)
def test_a_gateway_shows_in_a_header(header: str, name: str) -> None:
    seen = gateways(opened(header).ends(SERVER, 50).evidence())
    assert [one.name for one in seen] == [name]
    assert seen[0].grounds.lower() == header.lower()


def test_a_server_is_no_gateway() -> None:
    for header in ("Server: uvicorn", "Server: TornadoServer/6.6", "Server: Python/3.11 aiohttp/3.14"):
        evidence = opened(header).ends(SERVER, 50).evidence()
        assert gateways(evidence) == ()
        assert software_at(evidence, SERVER) is not None


def test_hostile_headers_are_shown_as_text() -> None:
    seen = gateways(opened("Via: 1.1 \x1b]0;x\x07").ends(SERVER, 50).evidence())
    assert all(one.name.isprintable() and one.grounds.isprintable() for one in seen)


def test_the_limits_name_products_that_exist() -> None:
    for limit in known_limits():
        assert bool(limit.product) != bool(limit.service)
        assert bool(limit.service) == bool(limit.hosts)
        if limit.product:
            product(limit.product)
        assert limit.is_verified or "reportedly" in limit.setting, limit


def test_a_service_is_known_by_its_host() -> None:
    made = Made(url="wss://stream.binance.com").upgraded().ends(SERVER, 50)
    assert [one.service for one in limits(made.evidence(), LimitKind.LIFETIME)] == ["Binance"]
    assert limits(made.evidence(), LimitKind.IDLE) == ()


def test_the_setting_is_that_of_the_software_in_sight() -> None:
    reason = "frame with 64048 bytes exceeds limit of 32768 bytes"
    big = opened("Server: Python/3.11 websockets/17.4").text(CLIENT, 9).shut(SERVER, 12, 1009, reason)
    assert setting_of(big.evidence(), 1009) == "max_size (Python websockets)"
    silent = opened("Server: uvicorn").text(CLIENT, 9).shut(SERVER, 12, 1009)
    assert setting_of(silent.evidence(), 1009).startswith("ws_max_size")
    unknown = opened().text(CLIENT, 9).shut(SERVER, 12, 1009)
    assert setting_of(unknown.evidence(), 1009) == ""


def test_a_gateway_may_hide_the_server_behind_it() -> None:
    hidden = opened("Server: nginx").text(CLIENT, 9).shut(SERVER, 12, 1001, "Connection Idle Timeout")
    known = emission(hidden.evidence())
    assert known is not None
    assert known.product == "jetty"
