"""Whose code it is: a vendor's, told by what the capture shows of it, or an application's."""

from __future__ import annotations

import pytest

from tests.codes.closes import HELLO, START, C, S, closed, context, first, message, remark
from wsinspect import codes
from wsinspect.codes import VendorCode
from wsinspect.codes.context import RemarkKind
from wsinspect.model import Row, RowKind, Strength


def test_a_vendor_is_told_by_its_subprotocol() -> None:
    found = context(closed(4401, "Unauthorized", subprotocol="graphql-transport-ws"))
    assert found.topic == VendorCode("graphql", 4401)
    assert found.retry == "only after a fix"
    said = remark(found, RemarkKind.VENDOR)
    assert said.text == (
        "GraphQL over WebSocket (graphql-transport-ws): Unauthorized. An operation was sent before connection_ack. "
        "Connect again: only after a fix."
    )
    assert said.strength is Strength.STRONG
    assert "Recognised by its subprotocol." in said.more
    assert found.remark(RemarkKind.PRIVATE) is None
    assert first(found, 3) == ["3000", "graphql:4400", "graphql:4403"]


def test_a_vendor_is_told_by_its_first_message() -> None:
    found = context(closed(4004, "Authentication failed."), HELLO)
    assert found.topic == VendorCode("discord", 4004)
    said = remark(found, RemarkKind.VENDOR)
    assert said.text.startswith("Seems to be Discord gateway: Authentication failed. The token is wrong.")
    assert said.strength is Strength.LIKELY, "its recognition is general knowledge"
    assert "Correct the token." in said.more
    assert first(found) == ["discord:4003", "3000"]
    assert context(closed(4004)).topic == 4004


def test_only_messages_count() -> None:
    ping = HELLO._replace(kind=RowKind.PING)
    event = Row(1, 1, RowKind.EVENT, START, START)
    assert context(closed(4004), ping, event).topic == 4004


def test_a_path_alone_makes_a_vendor_possible() -> None:
    found = context(closed(1000, "heartbeat timeout", by=C, url="ws://h/socket/websocket?vsn=2.0.0"))
    said = remark(found, RemarkKind.VENDOR)
    assert said.strength is Strength.POSSIBLE
    assert said.text.startswith("Perhaps Phoenix Channels / LiveView: Heartbeat timeout.")
    assert "Recognised by its path, which proves nothing." in said.more
    assert found.topic == 1000
    assert found.retry == codes.lookup(1000).retry_text


def test_what_was_only_reported_is_no_more_than_possible() -> None:
    url = "wss://generativelanguage.googleapis.com/ws/x"
    said = remark(context(closed(1011, "x", url=url)), RemarkKind.VENDOR)
    assert said.strength is Strength.POSSIBLE
    assert "reportedly" in said.text.lower()


def test_a_vendor_without_this_code() -> None:
    said = remark(context(closed(4999), HELLO), RemarkKind.VENDOR)
    assert said.text == "Seems to be Discord gateway: its table holds no 4999. Look in its newest documentation."
    assert context(closed(4999), HELLO).remark(RemarkKind.PRIVATE)
    assert context(closed(4999), HELLO).topic == 4999


def test_a_vendor_without_codes_has_notes() -> None:
    said = remark(context(closed(1001), message(S, '0{"sid":"x","upgrades":[]}')), RemarkKind.VENDOR)
    assert said.text.startswith("Socket.IO / Engine.IO: It has no codes of its own")
    assert said.strength is Strength.STRONG


def test_a_standard_code_of_a_vendor_stays_that_code() -> None:
    found = context(closed(1002, subprotocol="phoenix"))
    assert found.topic == 1002
    assert found.retry == "at once is fine"
    assert first(found) == ["3008", "1007"]
    assert "Idle timeout on Bandit" in remark(found, RemarkKind.VENDOR).text


def test_an_unknown_code_is_the_applications() -> None:
    found = context(closed(4102, "room deleted", subprotocol="chat.v2\x1b[31m"))
    said = remark(found, RemarkKind.PRIVATE)
    assert said.text == (
        "4102 means what the application says: look in the code or documentation of the server, "
        'or of the subprotocol "chat.v2\\x1b[31m".'
    )
    assert said.strength is Strength.CERTAIN
    said = remark(context(closed(4004, by=C)), RemarkKind.PRIVATE)
    assert said.text == "4004 means what the application says: look in the code or documentation of the client."
    assert "Elsewhere: Discord gateway: Authentication failed. The token is wrong." in said.more


def test_an_unknown_code_may_look_like_a_status() -> None:
    said = remark(context(closed(4429)), RemarkKind.PRIVATE)
    assert said.more[0] == "It looks like HTTP 429 Too Many Requests, which proves nothing."


@pytest.mark.parametrize(
    ("code", "users"),
    [
        (3000, "Centrifugo / centrifuge, SaltyRTC, SockJS and Spring (STOMP, WebSocket) use it in their own way"),
        (3003, "SaltyRTC uses it in its own way"),
        (3008, "AssemblyAI streaming, Centrifugo / centrifuge and SaltyRTC use it in their own way"),
    ],
)
def test_a_registered_number_may_be_anybodys(code: int, users: str) -> None:
    said = remark(context(closed(code)), RemarkKind.AMBIGUOUS)
    assert said.text == f"{code} is registered as {codes.name(code)}, but {users}."
    assert said.is_notable


def test_the_reason_tells_which_it_is() -> None:
    said = remark(context(closed(3000, "session 7 has expired")), RemarkKind.AMBIGUOUS)
    assert "and the reason fits that" in said.text
    assert not said.is_notable
    said = remark(context(closed(3000, "Go away!")), RemarkKind.AMBIGUOUS)
    assert said.more[0].startswith("SockJS: Go away!")


def test_a_number_that_is_not_registered() -> None:
    said = remark(context(closed(3500)), RemarkKind.AMBIGUOUS)
    assert said.text.startswith("3500 is not registered: a library or framework of the server gives it its meaning.")
    assert context(closed(1011)).remark(RemarkKind.AMBIGUOUS) is None
