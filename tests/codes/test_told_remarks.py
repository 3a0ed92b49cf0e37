"""What the other side makes of a code: its answer, and what its program is told."""

from __future__ import annotations

from tests.codes.closes import C, S, closed, context, cut, first, remark
from wsinspect.codes.context import RemarkKind
from wsinspect.model import Ending, Strength


def test_an_answer_of_1002_only_refuses_the_code() -> None:
    found = context(closed(1014, "upstream", answer=1002, answer_reason="bad close code 1014"))
    said = remark(found, RemarkKind.ANSWER)
    assert said.text == "The client's 1002 only says that it does not accept 1014: the first close is the cause."
    assert said.strength is Strength.STRONG
    assert said.more[0].startswith("gorilla/websocket (Go): ")
    assert first(found) == ["1002", "1011"]
    refusal = remark(found, RemarkKind.REFUSED)
    assert refusal.text.startswith("9 of 26 known client libraries do not accept 1014, such as ")
    assert refusal.is_notable


def test_an_answer_of_1000_is_no_second_opinion() -> None:
    said = remark(context(closed(1011, answer=1000)), RemarkKind.ANSWER)
    assert said.text == (
        "The client's 1000 is no second opinion: some libraries answer any close so, such as aiohttp and "
        "npm websocket (WebSocket-Node)."
    )
    assert context(closed(1011)).remark(RemarkKind.ANSWER) is None
    assert context(closed(1011, answer=1008)).remark(RemarkKind.ANSWER) is None
    assert context(closed(1011, answer="none")).remark(RemarkKind.ANSWER) is None


def test_an_empty_answer_may_be_a_refusal() -> None:
    said = remark(context(closed(3500, by=C, answer=None)), RemarkKind.ANSWER)
    assert said.text == "The server's empty close only says that it does not accept 3500: the first close is the cause."
    assert said.strength is Strength.LIKELY


def test_a_code_that_was_accepted_is_worth_no_line() -> None:
    said = remark(context(closed(1014, "x")), RemarkKind.REFUSED)
    assert said.text.startswith("The client accepted 1014; 9 of 26 known client libraries do not, such as ")
    assert not said.is_notable
    assert context(closed(1011)).remark(RemarkKind.REFUSED) is None
    assert context(closed(3000)).remark(RemarkKind.REFUSED) is None, "uWebSockets is no client"
    assert "namely uWebSockets" in remark(context(closed(3000, by=C)), RemarkKind.REFUSED).text


def test_a_code_that_may_not_be_sent() -> None:
    found = context(closed(1006, answer=1002))
    said = remark(found, RemarkKind.REFUSED)
    assert said.text.startswith("1006 may not stand in a close frame: ")
    assert first(found)[0] == "1002"
    senders = remark(found, RemarkKind.SENDERS)
    assert senders.text == "Known to send 1006 without a reason: ttyd."


def test_a_receiver_that_shows_is_named() -> None:
    said = remark(context(closed(1014, answer="none"), agent="okhttp/4.12"), RemarkKind.REFUSED)
    assert "OkHttp" not in said.text, "it accepts 1014"
    said = remark(context(closed(1005, answer="none"), agent="okhttp/4.12"), RemarkKind.REFUSED)
    assert said.text == (
        "OkHttp, which shows on the client's side, does not accept 1005: it answers a failure without a close frame."
    )


def test_what_the_client_is_told() -> None:
    said = remark(context(closed(1014, answer="none")), RemarkKind.TOLD)
    assert said.text == "The client's program is told 1014 by 8 of 9 known libraries, 1002 by faye-websocket."
    assert said.is_notable
    said = remark(context(closed(1014)), RemarkKind.TOLD)
    assert said.text == "The client's program is told 1014 by all 5 known libraries that answer so."
    assert not said.is_notable
    said = remark(context(closed(4102)), RemarkKind.TOLD)
    assert "Measured with 4000: no library is known to tell 4102 from it." in said.more
    assert said.text.startswith("The client's program is told 4102 by ")


def test_an_empty_close_is_told_in_many_ways() -> None:
    said = remark(context(closed(None, answer="none")), RemarkKind.TOLD)
    assert said.text == (
        "The client's program is told 1005 by 4 of 9 known libraries, 1006 by aiohttp and npm websocket, "
        "no code by Tornado and websocket-client, 1000 by faye-websocket."
    )


def test_a_library_that_shows_is_named() -> None:
    said = remark(context(cut(S, Ending.RST), agent="Python/3.11 aiohttp/3.14.5"), RemarkKind.TOLD)
    assert said.text == "The client's program is told 1006 by aiohttp."
    said = remark(context(closed(None), agent="Mozilla/5.0 (X11) Gecko/20100101 Firefox/133.0"), RemarkKind.TOLD)
    assert said.text == "The client's program is told 1005, wasClean true, by a browser."


def test_what_is_told_as_expected_is_worth_no_line() -> None:
    said = remark(context(closed(4102), agent="Python/3.11 websockets/17.4"), RemarkKind.TOLD)
    assert said.text == "The client's program is told 4102 (the same code and reason) by Python websockets."
    assert not said.is_notable
    assert not remark(context(cut(S, Ending.FIN), agent="Python/3.11 websockets/17.4"), RemarkKind.TOLD).is_notable
    assert remark(context(cut(S, Ending.FIN)), RemarkKind.TOLD).is_notable, "Tornado tells no code"


def test_what_a_client_is_told_of_its_own_close() -> None:
    said = remark(context(closed(1007, "invalid start byte at position 0", by=C)), RemarkKind.TOLD)
    assert said.text.startswith("The client's own program is told 1006 by ")
    assert "1007 by " in said.text
    assert context(closed(1000, by=C)).remark(RemarkKind.TOLD) is None
    assert context(cut(C, Ending.RST)).remark(RemarkKind.TOLD) is None
