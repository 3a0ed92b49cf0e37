"""What reports are made from, at fixed times: failures as people meet them, and peers that try everything."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace

from tests.report.samples import CRASH, CRASHED, CUT, REFUSAL, REFUSED, SECOND, START
from wsinspect import __version__
from wsinspect.model import (
    CloseStory,
    Connection,
    Event,
    EventKind,
    Finding,
    Handshake,
    Payload,
    Row,
    RowKind,
    SeenClose,
    SessionInfo,
    Side,
    Strength,
    Traffic,
    Violation,
)
from wsinspect.report.material import Capture, Material, Weight
from wsinspect.report.overview import Tally

INFO = SessionInfo(
    path="/home/ana/orders-2026-11-22.wsi",
    source="proxy 127.0.0.1:8080 → ws://127.0.0.1:9000",
    version=__version__,
    started_ns=START - 60 * SECOND,
    stopped_ns=START + SECOND,
    notice="",
    http_requests=0,
    http_last="",
    bytes_on_disk=40_960,
    connections=6,
    rows=41,
    open_connections=0,
    last_ns=START,
)

JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PASSWORD = "correct-horse/battery"
BASIC = base64.b64encode(f"ana:{PASSWORD}".encode()).decode()

REQUEST = (
    "GET /orders HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: shop-web/4.2\r\n"
)
ANSWER = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nServer: Python/3.11 websockets/17.4\r\n"
)


def handshake(request: str = "", answer: str = "", body: bytes = b"", **more: object) -> Handshake:
    """Heads with some more headers."""
    heads = (REQUEST + request + "\r\n").encode("utf-8", "surrogatepass")
    sent_on = heads.replace(b"Host: 127.0.0.1:8080", b"Host: 127.0.0.1:9000")
    built = Handshake(
        heads,
        sent_on,
        (ANSWER + answer + "\r\n").encode("utf-8", "surrogatepass") + body,
        False,
        400_000,
        None,
        966_000,
    )
    return replace(built, **more)  # type: ignore[arg-type]  # fields of a handshake


def row(number: int, kind: RowKind, side: Side | None, before_ms: float, head: bytes = b"", **more: object) -> Row:
    """A row so long before the close."""
    at = START - round(before_ms * 1_000_000)
    built = Row(3, number, kind, at, at, side, wire_length=len(head) + 6, size=len(head), frames=1, head=head[:512])
    return built._replace(**more)  # type: ignore[arg-type]  # fields of a row


def event(number: int, kind: EventKind, side: Side | None, before_ms: float, **data: str | int) -> Row:
    """An event's row."""
    return row(number, RowKind.EVENT, side, before_ms, event=Event(kind, data))


C, S = Side.CLIENT, Side.SERVER
TEXT, CLOSE = RowKind.TEXT, RowKind.CLOSE

_CRASH_ROWS = (
    row(1, TEXT, C, 21_857, b'{"type":"subscribe","channel":"orders","id":17}'),
    row(2, TEXT, S, 21_852, b'{"type":"subscribed","id":17}'),
    row(3, RowKind.PING, S, 1_851, b"az\x01\x9c"),
    row(4, RowKind.PONG, C, 1_850, b"az\x01\x9c"),
    row(5, TEXT, C, 43.2, b'{"type":"place","order":{"sku":"A-113","qty":null,"price":"12.50"}}'),
    row(6, CLOSE, S, 0, b"\x03\xf3"),
    row(7, CLOSE, C, -0.6, b"\x03\xf3"),
    event(8, EventKind.END, S, -1.5, how="fin", by="peer"),
    event(9, EventKind.END, C, -2.0, how="fin", by="peer"),
)

CRASH_FINDING = Finding(
    rule="same-message-before-close",
    cause="the server's handler failed on message 5",
    because='it closed 43.2 ms after message 5, "{"type":"place","order":{"sku":"A-113",…"; the same message came '
    "before the close of #6",
    strength=Strength.CERTAIN,
    topic="1011",
    rows=(5,),
    others=(6,),
    next_step="find the stack trace in the server's log at that second, and send this message again to prove it",
)

CRASHING = Material(
    connection=CRASHED,
    story=CRASH,
    handshake=handshake(),
    findings=(CRASH_FINDING,),
    weights=(
        Weight("1011", "the server's close frame says 1011", True, (6,)),
        Weight("1011", "the same message came before the same close of #6", True, (5,)),
        Weight("1014", "the server's close frame says 1011", False, (6,)),
        Weight("1014", "no gateway names itself in the answer to the upgrade", False),
    ),
    path=(
        "             client shop-web/4.2       ■        server Python websockets",
        "14:02:33.061 ◀── passed on ─────────── │ ◀── close 1011 ──────────────",
    ),
    rows=_CRASH_ROWS,
    sent=(_CRASH_ROWS[0], _CRASH_ROWS[4]),
)
"""A handler that crashed on a message."""

_LOGIN = json.dumps({"type": "login", "user": "ana", "password": PASSWORD, "card": "4111 1111 1111 1111"}).encode()
_LONG = json.dumps(
    {"type": "sync", "token": JWT, "items": [{"id": at, "name": f"item {at}"} for at in range(30)]}
).encode()

_SECRET_CONNECTION = replace(
    CRASHED,
    url=f"wss://ana:correct-horse%2Fbattery@shop.example/orders?token={JWT}",
    path=f"/orders?token={JWT}",
    server_close=SeenClose(6, START, 1008, f"token {JWT[:40]}… refused, password was {PASSWORD}".encode()),
    client_close=SeenClose(7, START + 600_000, 1008),
    subprotocol="chat.v2",
)

SECRETS = Material(
    connection=_SECRET_CONNECTION,
    story=replace(
        CRASH,
        connection=_SECRET_CONNECTION,
        code=1008,
        reason=_SECRET_CONNECTION.server_close.reason if _SECRET_CONNECTION.server_close else b"",
        answer=_SECRET_CONNECTION.client_close,
    ),
    handshake=handshake(
        f"Authorization: Basic {BASIC}\r\nCookie: sid=0a1b2c3d4e5f; theme=dark\r\nX-Api-Key: k-123456\r\n"
        f"Sec-WebSocket-Protocol: chat.v2, bearer.{JWT}\r\nOrigin: https://shop.example\r\n",
        "Set-Cookie: sid=99aa88bb77cc; HttpOnly\r\nSec-WebSocket-Protocol: chat.v2\r\n",
    ),
    findings=(
        replace(CRASH_FINDING, topic="1008", because=f'reason "token {JWT[:30]}…" after "{{"password":"correct-ho…"'),
    ),
    path=(f'14:02:33.061 ◀── passed on │ ◀── close 1008 "password was {PASSWORD}" ──',),
    rows=(
        row(1, TEXT, C, 20_000, _LOGIN),
        row(2, TEXT, S, 19_000, b'{"ok":true,"session":"Zx81-aa09-Qw7Kp2mN"}'),
        row(3, RowKind.BINARY, C, 18_000, b"\x01\x02" + PASSWORD.encode()),
        row(4, RowKind.PING, S, 17_000, b"key=k-123456"),
        row(5, TEXT, C, 43.2, _LONG),
        row(6, CLOSE, S, 0, b"\x03\xf0" + (_SECRET_CONNECTION.server_close or SeenClose(0, 0, 0)).reason),
        row(7, CLOSE, C, -0.6, b"\x03\xf0"),
    ),
    sent=(row(1, TEXT, C, 20_000, _LOGIN),),
    content=Payload(_LONG, len(_LONG)),
    content_row=5,
)
"""A login with every kind of secret, said again where nothing names it."""

REFUSING = Material(
    connection=REFUSED,
    story=REFUSAL,
    handshake=replace(
        handshake(),
        response=b"HTTP/1.1 502 Bad Gateway\r\nServer: edge-gateway/2.3\r\nVia: 1.1 edge-gateway\r\n"
        b"Content-Type: text/plain\r\n\r\n502 Bad Gateway\n\nupstream reports-1 refused the connection\n",
    ),
    rows=(event(1, EventKind.END, S, 0, how="fin", by="peer"), event(2, EventKind.END, C, -1, how="fin", by="peer")),
)
"""An upgrade that a gateway refused."""

UNREACHED = Material(
    connection=replace(
        REFUSED, status_by_us=True, failure="connecting to 127.0.0.1:9000: connection refused", server=""
    ),
    story=replace(
        REFUSAL,
        by_us=True,
        sender=None,
        connection=replace(REFUSED, failure="connecting to 127.0.0.1:9000: connection refused", status_by_us=True),
    ),
    handshake=replace(
        handshake(), response=b"HTTP/1.1 502 Bad Gateway\r\n\r\nno\n", response_by_us=True, upgrade_ns=None
    ),
    rows=(event(1, EventKind.FAILED, None, 1, stage="tcp", problem="connection refused"),),
)
"""A target that wsinspect could not reach."""

_FAILED = replace(REFUSED, status=None, failure="certificate verify failed: self-signed certificate")
FAILING = Material(
    connection=_FAILED,
    story=replace(REFUSAL, status=None, code=1015, connection=_FAILED),
    handshake=replace(handshake(), response=b"", upgrade_ns=None),
)
"""TLS that failed."""

CUTTING = Material(
    connection=CUT.connection,
    story=CUT,
    handshake=handshake(),
    rows=(
        *_CRASH_ROWS[:5],
        event(6, EventKind.TRUNCATED, S, 1, arrived=20, announced=60),
        event(7, EventKind.END, S, 0, how="rst", by="peer"),
    ),
)
"""A reset in the middle of a message."""

OPEN = Material(
    connection=replace(CRASHED, closed_ns=None, server_close=None, client_close=None, server_end=None, client_end=None),
    handshake=handshake(),
    rows=_CRASH_ROWS[:5],
)
"""One that lives on."""

MARKDOWN = (
    "**bold** _em_ ~~gone~~ [link](http://evil.example) ![img](http://evil.example/x.png) <b>html</b> "
    "<script>alert(1)</script> <!-- x --> </details> <details> ``` ```` `tick` $`x`$ | cell | \\| "
    "# head - item &lt; &#64;team"
)
MENTIONS = (
    "@team @org/team #123 org/repo#5 GH-1 ABC-123 !7 %3 ~label &9 deadbeefcafe http://evil.example www.evil.example"
)
JIRA = (
    "{noformat} {code} {NoFormat:x} {panel}x{panel} {{x}} [~admin] [~accountid:5] [x|http://evil.example] "
    "!http://evil.example/x.png! h1. x *b* _i_ -d- +u+ ^s^ ??c?? ||h|| |c| {color:red}x{color} \\\\ (x) (/) :) ABC-123"
)
CONTROLS = "\x1b]52;c;aGk=\x07 \x9b31m \u202eabc\u2066 \x7f\x00 a\u200bb a\ud800b"
LINES = "one\n/close\n/assign @team\n# head\n- item\n\n| a | b |\n|---|---|\n```\nh1. x\r\n{noformat}\n</details>\nend"
SHELL = "$(touch /tmp/owned) `touch /tmp/owned` ; touch /tmp/owned & 'x' \"y\" \\"
FAKE = "«token-1» masked"

EVIL = {
    "markdown": MARKDOWN,
    "mentions": MENTIONS,
    "jira": JIRA,
    "controls": CONTROLS,
    "lines": LINES,
    "shell": SHELL,
    "placeholder": FAKE,
}
"""Texts that act where they are taken for more than text."""


def told(evil: str, number: int = 3) -> Material:
    """A connection in which a peer says this wherever it can."""
    data = evil.encode("utf-8", "surrogatepass")
    line = evil.replace("\r", " ").replace("\n", " ")
    reason = data[:123]
    closes = SeenClose(6, START, 1008, reason), SeenClose(7, START + 600_000, 4000, reason)
    connection = replace(
        CRASHED,
        id=number,
        url=f"wss://{evil}/{evil}",
        path=f"/{evil}",
        subprotocol=line,
        extensions=line,
        server_close=closes[0],
        client_close=closes[1],
    )
    safe = ascii(evil)[1:-1]
    return Material(
        connection=connection,
        story=replace(CRASH, connection=connection, code=1008, reason=reason, answer=closes[1]),
        handshake=handshake(
            f"X-Evil: {line}\r\nOrigin: {line}\r\nSec-WebSocket-Protocol: {line}\r\n{line}: x\r\n",
            f"Via: {line}\r\nServer: {line}\r\n/close: x\r\n",
        ),
        findings=(
            replace(CRASH_FINDING, topic="1008", cause=f'it said "{safe}"', because=safe, next_step=safe, setting=safe),
            replace(CRASH_FINDING, topic="1008", rule="other", cause=safe, is_note=True),
        ),
        weights=(Weight("1008", f'its reason: "{safe}"', True, (6,)), Weight("1011", safe, False)),
        path=(safe, "── │ ──"),
        rows=(
            row(1, TEXT, C, 300, data),
            row(2, RowKind.BINARY, S, 200, data),
            row(3, RowKind.PING, S, 100, data[:100]),
            row(4, TEXT, C, 50, json.dumps({evil: [evil, {evil: 1}]}).encode()),
            event(5, EventKind.NOTE, None, 40, text=evil),
            event(8, EventKind.FAILED, S, 30, stage="tcp", problem=evil),
            row(6, CLOSE, S, 0, b"\x03\xf0" + reason, violations=(Violation("x", "a broken rule", "RFC 6455"),)),
            row(7, CLOSE, C, -0.6, b"\x0f\xa0" + reason),
        ),
        sent=(row(1, TEXT, C, 300, data),),
        content=Payload(json.dumps({"a": [evil, {"b": evil}], "text": "x" * 100}, indent=None).encode(), 1 << 20),
        content_row=4,
    )


def refused(evil: str) -> Material:
    """An upgrade that is refused in these words."""
    data = evil.encode("utf-8", "surrogatepass")
    connection: Connection = replace(REFUSED, failure=evil, path=evil, url=evil)
    story: CloseStory = replace(REFUSAL, connection=connection, status=799)
    head = f"HTTP/1.1 799 {evil.splitlines()[0]}\r\nServer: {evil.splitlines()[0]}\r\n\r\n".encode(
        "utf-8", "surrogatepass"
    )
    return Material(connection=connection, story=story, handshake=replace(handshake(), response=head + data))


def hostile(evil: str) -> Capture:
    """A whole session of it."""
    tally = Tally()
    for material in (told(evil), refused(evil)):
        tally.add(material.connection)
    info = replace(INFO, path=f"/tmp/{evil}.wsi".replace("\x00", ""), source=evil, version=evil)
    return Capture(info, (told(evil), refused(evil)), tally.overview())


def session() -> Capture:
    """Many connections, several failures."""
    tally = Tally()
    second = [CRASHED, replace(CRASHED, id=6, closed_ns=START + 9 * SECOND), REFUSED, CUT.connection]
    fine = replace(
        CRASHED,
        id=1,
        server_close=SeenClose(7, START, 1000),
        client_close=SeenClose(6, START - 1, 1000),
        to_client=Traffic(messages=90),
    )
    for number, connection in enumerate((fine, OPEN.connection, *second), 1):
        tally.add(replace(connection, id=number))
    return Capture(INFO, (CRASHING, CUTTING, REFUSING), tally.overview())


CAPTURES: Mapping[str, Capture] = {
    "crash": Capture(INFO, (CRASHING,)),
    "secrets": Capture(INFO, (SECRETS,)),
    "refused": Capture(INFO, (REFUSING,)),
    "unreached": Capture(INFO, (UNREACHED,)),
    "tls": Capture(INFO, (FAILING,)),
    "cut": Capture(INFO, (CUTTING,)),
    "open": Capture(INFO, (OPEN,)),
    "session": session(),
    **{f"hostile-{name}": hostile(evil) for name, evil in EVIL.items()},
}
"""Each by the name of its golden files."""
