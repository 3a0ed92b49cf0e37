"""What is said about a close in its capture: true, short, sure only where it is, and safe to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.session import build, build_hostile
from wsinspect import codes
from wsinspect.codes import HttpStatus, VendorCode
from wsinspect.codes.context import CloseContext, Remark, RemarkKind, close_context
from wsinspect.codes.remark import named, sentence
from wsinspect.model import Connection, EndedBy, Ending, LegEnd, Row, RowKind, SeenClose, Side, Strength
from wsinspect.session.reader import Reader
from wsinspect.wire.close import parse_close
from wsinspect.wire.conversation import close_story
from wsinspect.wire.handshake import parse_request, parse_response

C, S = Side.CLIENT, Side.SERVER
START = 1_000_000_000
SECOND = 1_000_000_000

OPEN = Connection(
    id=1,
    source="relay",
    client="127.0.0.1:5000",
    server="127.0.0.1:9000",
    url="ws://127.0.0.1:9000/chat",
    path="/chat",
    opened_ns=START,
    upgraded_ns=START + 1,
    status=101,
)


def closed(
    code: int | None,
    reason: str = "",
    *,
    by: Side = S,
    answer: int | str | None = "echo",
    answer_reason: str = "",
    how: Ending = Ending.FIN,
    **changes: object,
) -> Connection:
    """A connection that ended with a close frame of one side, and by default its echo."""
    first = SeenClose(3, START + SECOND, code, reason.encode())
    second = None
    if answer == "echo":
        second = SeenClose(4, START + SECOND + 1, code, reason.encode())
    elif not isinstance(answer, str):
        second = SeenClose(4, START + SECOND + 1, answer, answer_reason.encode())
    both = {by: first, by.other: second}
    return replace(cut(by, how), client_close=both[C], server_close=both[S], **changes)  # type: ignore[arg-type]  # as given


def cut(by: Side, how: Ending, *, who: EndedBy = EndedBy.PEER, **changes: object) -> Connection:
    """A connection whose TCP ended on one side first; the end was passed on to the other."""
    passed_on = EndedBy.US if who is EndedBy.US else EndedBy.RELAY
    ends = {by: LegEnd(how, START + SECOND + 2, who), by.other: LegEnd(how, START + SECOND + 3, passed_on)}
    return replace(OPEN, rows=9, closed_ns=START + SECOND + 3, client_end=ends[C], server_end=ends[S], **changes)  # type: ignore[arg-type]  # as given


def refused(status: int, **changes: object) -> Connection:
    """A connection whose upgrade was refused."""
    return replace(cut(S, Ending.FIN), upgraded_ns=None, status=status, **changes)  # type: ignore[arg-type]  # as given


def message(side: Side, text: str) -> Row:
    """A data message."""
    return Row(1, 1, RowKind.TEXT, START, START, side=side, head=text.encode())


def context(connection: Connection, *rows: Row, server: str = "", agent: str = "", via: str = "") -> CloseContext:
    """What is said of a connection, with these headers in its heads."""
    story = close_story(connection)
    assert story is not None
    request = f"GET / HTTP/1.1\r\nUser-Agent: {agent or 'app/1.0'}\r\n\r\n".encode()
    lines = [f"Server: {server}"] * bool(server) + [f"Via: {via}"] * bool(via)
    response = "\r\n".join(["HTTP/1.1 101 Switching Protocols", *lines, "", ""]).encode()
    return close_context(
        connection, story, request=parse_request(request), response=parse_response(response), first_messages=rows
    )


def remark(found: CloseContext, kind: RemarkKind) -> Remark:
    """The remark of a kind, which must be there."""
    one = found.remark(kind)
    assert one is not None, [other.text for other in found.remarks]
    return one


def first(found: CloseContext, count: int = 2) -> list[str]:
    """The keys of the first related topics."""
    return [codes.key(topic) for topic in found.related[:count]]


HELLO = message(S, '{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}')


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


def test_a_refused_upgrade() -> None:
    found = context(refused(403), server="uvicorn")
    assert found.topic == HttpStatus(403)
    said = remark(found, RemarkKind.SENDERS)
    assert said.text.startswith("uvicorn with Starlette or FastAPI, which shows in the answer, answers 403 when ")
    assert remark(found, RemarkKind.TOLD).text == "A browser tells its page 1006, never the status."
    assert found.remark(RemarkKind.VENDOR) is None
    ours = context(refused(502, status_by_us=True))
    assert ours.remark(RemarkKind.SENDERS) is None
    assert first(ours) == ["1014", "http:503"]


def test_an_upgrade_that_was_never_answered() -> None:
    found = context(replace(cut(S, Ending.FIN), upgraded_ns=None, status=None))
    assert [one.kind for one in found.remarks] == [RemarkKind.TOLD]
    assert found.topic == 1006
    failed = close_story(replace(cut(S, Ending.TLS_ALERT), upgraded_ns=None, status=None))
    assert failed is not None
    assert failed.code == 1015
    told = remark(close_context(failed.connection, failed), RemarkKind.TOLD)
    assert told.text == "A browser tells its page 1006, not 1015."


@pytest.mark.parametrize("status", [99, 600, 999, -1])
def test_an_answer_that_is_no_status_is_not_explained(status: int) -> None:
    found = context(refused(status))
    assert found == CloseContext(None, (), None, None, "", ())


def test_half_a_code_is_no_empty_close() -> None:
    story = close_story(closed(None, answer="none"))
    assert story is not None
    assert close_context(story.connection, story).remark(RemarkKind.SENDERS)
    half = replace(story, violations=parse_close(b"\x03").violations)
    assert close_context(half.connection, half).remark(RemarkKind.SENDERS) is None


def test_names_in_a_sentence() -> None:
    assert named(["A"]) == "A"
    assert named(["A", "B", "A"]) == "A and B"
    assert named(["A", "B", "C", "D"]) == "A, B, C and D"
    assert named(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert sentence("go away!") == "Go away!"
    assert sentence("path full") == "Path full."


CODES = st.one_of(st.none(), st.integers(0, 65535), st.sampled_from([1000, 1001, 1005, 1006, 1011, 1014, 3000, 4004]))


@given(
    code=CODES,
    reason=st.text(max_size=123),
    by=st.sampled_from([C, S]),
    answer=st.one_of(CODES, st.sampled_from(["echo", "none"])),
    how=st.sampled_from(list(Ending)),
    subprotocol=st.text(max_size=40),
    url=st.one_of(st.text(max_size=40), st.just("wss://[bad"), st.just("ws://gateway.discord.gg/")),
    head=st.binary(max_size=600),
    is_cut=st.booleans(),
)
def test_no_capture_raises_or_hides_anything(
    code: int | None,
    reason: str,
    by: Side,
    answer: int | str | None,
    how: Ending,
    subprotocol: str,
    url: str,
    head: bytes,
    is_cut: bool,
) -> None:
    connection = closed(code, reason, by=by, answer=answer, how=how, subprotocol=subprotocol, url=url)
    if is_cut:
        connection = replace(connection, client_close=None, server_close=None)
    row = Row(1, 1, RowKind.BINARY, START, START, side=by, head=head)
    found = context(connection, row, row)
    assert found.topic is not None
    assert found.related
    assert found.topic not in found.related
    kinds = [one.kind for one in found.remarks]
    assert len(set(kinds)) == len(kinds)
    for one in found.remarks:
        for line in (one.text, *one.more):
            assert line.isprintable(), line
            assert line.endswith((".", "!", "?")), line
        assert len(one.text) <= 330
        if one.strength is Strength.CERTAIN:
            assert "reportedly" not in one.text


@pytest.mark.parametrize("write", [build, build_hostile])
def test_every_close_of_a_recording_is_put_in_words(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    reader = Reader(write(tmp_path / "session.wsi"))
    explained = 0
    for connection in reader.connections(1, 100):
        evidence = reader.evidence(connection.id)
        if evidence is None or evidence.story is None:
            continue
        found = close_context(
            connection,
            evidence.story,
            request=evidence.request,
            response=evidence.response,
            first_messages=evidence.first_rows,
        )
        explained += len(found.remarks)
        assert found.related
        assert found.retry
        assert all(line.isprintable() for one in found.remarks for line in (one.text, *one.more))
    reader.close()
    assert explained
