"""Which software ends connections like this, and how sure that is."""

from __future__ import annotations

import pytest

from tests.codes.closes import C, S, closed, context, cut, first, remark
from wsinspect.codes.context import RemarkKind
from wsinspect.model import EndedBy, Ending, Strength


def test_a_reason_names_the_software() -> None:
    said = remark(context(closed(1000, "ping timed out")), RemarkKind.SENDERS)
    assert said.text.startswith("Sent exactly so by Tornado (also Jupyter): a ping got no pong in time")
    assert said.strength is Strength.STRONG
    said = remark(context(closed(1011, "keepalive ping timeout")), RemarkKind.SENDERS)
    assert said.text == (
        "Sent exactly so by uvicorn with Starlette or FastAPI and Python websockets: "
        "a ping got no pong in time (pings every 20 s, 20 s to answer)."
    )
    assert said.strength is Strength.LIKELY
    assert any("ws_ping_timeout" in line for line in said.more)


def test_a_header_tells_which_of_them_it_was() -> None:
    found = context(closed(1011, "keepalive ping timeout"), server="uvicorn")
    said = remark(found, RemarkKind.SENDERS)
    assert said.text.startswith("Sent exactly so by uvicorn with Starlette or FastAPI: a ping got no pong")
    assert said.text.endswith("Setting: ws_ping_interval, ws_ping_timeout.")
    assert said.strength is Strength.STRONG
    assert first(found) == ["1006", "1001"]


@pytest.mark.parametrize("how", [Ending.FIN, Ending.CLOSE_NOTIFY])
def test_an_end_of_tcp_is_a_habit_of_some(how: Ending) -> None:
    found = context(cut(S, how), server="uvicorn")
    said = remark(found, RemarkKind.SENDERS)
    assert said.text == (
        "uvicorn with Starlette or FastAPI, which shows in the answer, ends TCP without a close frame when the "
        "application raised after it accepted, or when the application returned without websocket.close(), "
        "or in other cases."
    )
    assert said.strength is Strength.LIKELY
    assert found.topic == 1006
    assert first(found) == ["1011", "end:fin"]


def test_a_reset_is_a_habit_of_others() -> None:
    said = remark(context(cut(S, Ending.RST), server="daphne"), RemarkKind.SENDERS)
    assert said.text.startswith("Daphne / Django Channels (Autobahn), which shows in the answer, ends TCP")
    assert context(cut(S, Ending.RST), server="uvicorn").remark(RemarkKind.SENDERS) is None


def test_a_gateway_ends_tcp_too() -> None:
    found = context(cut(S, Ending.FIN), server="nginx/1.22.1")
    assert remark(found, RemarkKind.SENDERS).text.startswith("nginx, which shows in the answer, ends TCP")
    assert first(found) == ["1014", "1001"]
    assert first(context(cut(S, Ending.FIN), via="1.1 edge")) == ["1014", "1001"]


def test_without_a_name_the_software_is_only_possible() -> None:
    said = remark(context(cut(S, Ending.FIN)), RemarkKind.SENDERS)
    assert said.text.startswith("Known to end TCP without a close frame: ")
    assert said.strength is Strength.POSSIBLE
    assert not said.is_notable
    assert any("uvicorn with Starlette or FastAPI: the application raised" in line for line in said.more)
    assert not any("did not answer the close" in line for line in said.more), "no close was sent"


def test_a_server_that_names_itself_is_no_other() -> None:
    assert context(closed(1012), server="Python/3.11 websockets/17.4").remark(RemarkKind.SENDERS) is None
    assert context(closed(1012)).remark(RemarkKind.SENDERS)


def test_a_text_that_nobody_is_known_for_names_nobody() -> None:
    assert context(closed(1008, "role viewer may not read")).remark(RemarkKind.SENDERS) is None


def test_a_browser_always_shows() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
    said = remark(context(closed(1001, by=C), agent=chrome), RemarkKind.SENDERS)
    assert said.text == (
        "Chrome and its relatives, which shows in the request, sends 1001 without a reason when "
        "the page was closed, reloaded or left."
    )
    said = remark(context(closed(1001, by=C)), RemarkKind.SENDERS)
    assert not any("Chrome" in line or "Caddy" in line for line in (said.text, *said.more))


def test_wsinspect_is_no_software_of_theirs() -> None:
    found = context(cut(S, Ending.FIN, who=EndedBy.US))
    assert found.remark(RemarkKind.SENDERS) is None
    assert found.remark(RemarkKind.TOLD)
