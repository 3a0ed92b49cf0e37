"""Sessions with secrets everywhere, and the look whether any is left once they are masked."""

from __future__ import annotations

import base64
import json
import random
import re
import sqlite3
import string
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from tests.session.conftest import START_NS, Session
from tests.session.deflating import MASK
from tests.session.recording.sinks import Slack
from tests.test_redact_any import encodings
from wsinspect.codes.reasons import subject
from wsinspect.model import Ending, EventKind, Row, Side
from wsinspect.redact import Pattern, Redactor
from wsinspect.session.copying.export import export
from wsinspect.session.copying.portion import Portion
from wsinspect.session.copying.source import Source
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_frame
from wsinspect.wire.payloads import PayloadScanner

PATTERNS = (Pattern("order", re.compile("ORD-([0-9A-Za-z]+)")),)


def redacted(path: Path, out: Path, portion: Portion | None = None) -> Redactor:
    """Export with secrets masked."""
    redactor = Redactor(PATTERNS, is_learning=True)
    with closing(Source(path)) as source:
        export(source, out, portion or Portion(), redactor=redactor)
    return redactor


def secret_of(seed: int) -> str:
    """Something that stands nowhere by chance."""
    source = random.Random(seed)
    letters = string.ascii_letters + string.digits
    inner = "".join(source.choices(letters * 4 + "+/=_.~-", k=source.randint(8, 28)))
    return f"{source.choice(letters)}{inner}{source.choice(letters)}"


SECRETS = st.lists(st.integers(0, 1 << 32).map(secret_of), min_size=1, max_size=3, unique=True).filter(
    # A finding may rest on the words of a secret, and then be gone with it: here they say nothing.
    lambda said: all(sum(one.isalnum() for one in secret) >= 8 and subject(secret) is None for secret in said)
)

MESSAGES: dict[str, Callable[[str], bytes]] = {
    "field": lambda secret: json.dumps({"type": "login", "password": secret, "n": 1}).encode(),
    "deep": lambda secret: json.dumps({"q": json.dumps({"token": secret, "ok": True})}).encode(),
    "form": lambda secret: f"a=1&token={secret}&b=2".encode(),
    "basic": lambda secret: b"Authorization: Basic " + base64.b64encode(f"ana:{secret}".encode()),
    "mention": lambda secret: f"you said {secret} and more".encode(),
    "twice": lambda secret: f"{secret} {secret} ".encode() * 20,
    "hex": lambda secret: secret.encode().hex().encode(),
    "binary": lambda secret: b"\x82\xa8password\xb0" + secret.encode() + b"\x00\xff",
    "binary mention": lambda secret: b"\x00\xff\xfe" + secret.encode(),
    "order": lambda secret: b"ORD-" + re.sub("[^0-9A-Za-z]", "", secret).encode(),
    "harmless": lambda secret: b'{"type":"price","value":17}',
    "harmless binary": lambda secret: bytes(range(200)),
    "empty": lambda secret: b"",
}


@dataclass(frozen=True)
class Sent:
    """One message on its way."""

    peer: int
    side: Side
    kind: str
    secret: int
    opcode: int
    is_packed: bool
    cuts: tuple[int, ...]
    """Where it is cut into fragments."""
    reads: tuple[int, ...]
    """Where its bytes are cut into reads; what is stored is handed over at every second."""


SENT = st.builds(
    Sent,
    st.integers(0, 1),
    st.sampled_from(list(Side)),
    st.sampled_from(list(MESSAGES)),
    st.integers(0, 2),
    st.sampled_from([1, 1, 1, 2]),
    st.booleans(),
    st.lists(st.integers(0, 60), max_size=2).map(tuple),
    st.lists(st.integers(0, 80), max_size=3).map(tuple),
)
OTHERS = st.tuples(
    st.sampled_from(["event", "session", "http", "ping", "skip", "resume", "truncated"]), st.integers(0, 2)
)


class Peer:
    """One connection that is recorded."""

    def __init__(self, session: Session, number: int, secrets: list[str]) -> None:
        first = secrets[0]
        credentials = base64.b64encode(f"ana:{secrets[-1]}".encode()).decode()
        request = (
            f"GET /feed?token={first}&room=7 HTTP/1.1\r\nHost: x\r\nX-Latin: \xe9\r\nCookie: sid={secrets[-1]}; a=b\r\n"
            f"Authorization: Basic {credentials}\r\nSec-WebSocket-Protocol: bearer, {first}\r\n\r\n"
        ).encode("latin-1")
        self.recording: Recording = session.recorder.opened(
            source="relay",
            client="127.0.0.1:5",
            url=f"ws://ana:{first}@127.0.0.1:9/feed?token={first}&room=7",
            path=f"/feed?token={first}&room=7",
            request=request,
            at_ns=START_NS + number,
        )
        self.recording.forwarded(request.replace(b"Host: x", b"Host: y"), START_NS + number)
        head = f"HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: sid={secrets[-1]}; Path=/\r\n\r\n"
        self.recording.responded(head.encode(), 101, START_NS + number)
        self.recording.upgraded(START_NS + number, subprotocol=f"bearer, {first}", extensions="permessage-deflate")
        self._packers = [zlib.compressobj(6, zlib.DEFLATED, -15) for _ in Side]

    def frames(self, sent: Sent, content: bytes) -> bytes:
        """The message in its fragments, a ping between them."""
        mask = MASK if sent.side is Side.CLIENT else None
        rsv = 0
        if sent.is_packed:
            packer = self._packers[sent.side]
            content = (packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
            content, rsv = content or b"\x00", 4
        places = [0, *sorted(cut % (len(content) + 1) for cut in sent.cuts), len(content)]
        made: list[bytes] = []
        for number, (begin, end) in enumerate(pairwise(places)):
            is_last = number == len(places) - 2
            opcode = sent.opcode if number == 0 else 0
            made.append(build_frame(opcode, content[begin:end], fin=is_last, rsv=rsv if number == 0 else 0, mask=mask))
            if not is_last:
                made.append(build_frame(9, b"between", mask=mask))
        return b"".join(made)


def record(path: Path, steps: list[Sent | tuple[str, int]], secrets: list[str]) -> None:
    """Record a session with secrets everywhere; each is named at least once, at the end."""

    def secret(number: int) -> str:
        return secrets[number % len(secrets)]

    facts = {
        "source": f"proxy wss://h/?token={secrets[0]}",
        "version": "0",
        "started_ns": str(START_NS),
        "command": f"wsinspect proxy 'ws://h/?token={secrets[0]}'",
        "note": f"about {secrets[-1]}",
    }
    writer = SessionWriter(path, facts, reserve=0)
    sink = Slack(writer)
    session = Session(path, writer, Recorder(sink))
    peers = [Peer(session, number, secrets) for number in range(2)]
    now = START_NS + 10
    for step in steps:
        now += 7
        if isinstance(step, Sent):
            peer = peers[step.peer]
            data = peer.frames(step, MESSAGES[step.kind](secret(step.secret)))
            places = [0, *sorted(cut % (len(data) + 1) for cut in step.reads), len(data)]
            for number, (begin, end) in enumerate(pairwise(places)):
                peer.recording.read(step.side, data[begin:end], now + number)
                if number % 2:
                    session.recorder.flush()
            continue
        what, number = step
        recording = peers[number % 2].recording
        if what == "event":
            recording.event(EventKind.NOTE, now, Side.CLIENT, text=f"with {secret(number)} in it")
        elif what == "session":
            session.recorder.event(EventKind.NOTE, now, text=f"token={secret(number)}")
        elif what == "http":
            session.recorder.http_request(f"GET /?token={secret(number)} 200", now)
        elif what == "ping":
            recording.read(Side.CLIENT, build_frame(9, f"token={secret(number)}".encode(), mask=MASK), now)
        elif what in ("skip", "resume"):
            sink.has_caught_up = what == "resume"
            if what == "skip":
                session.recorder.skip()
        else:
            session.recorder.flush()
    sink.has_caught_up = True
    now += 10
    for number, peer in enumerate(peers):
        for one in secrets:
            peer.recording.read(Side.CLIENT, peer.frames(_NAMED, MESSAGES["field"](one)), now)
        reason = f"token={secret(number)} is bad".encode()
        peer.recording.read(Side.SERVER, build_frame(8, (4001).to_bytes(2) + reason), now + 1)
        # What follows never becomes whole.
        peer.recording.read(Side.CLIENT, build_frame(1, MESSAGES["field"](secrets[0]), mask=MASK)[:-3], now + 2)
        peer.recording.ended(Side.CLIENT, Ending.FIN, now + 3)
        peer.recording.closed(now + 4)
    session.recorder.flush()
    assert writer.stop(now + 10) == ""
    with closing(Reader(path)) as reader:
        for row in reader.rows(1, 1, 2):
            reader.mark(row, f"has {secrets[-1]}")


_NAMED = Sent(0, Side.CLIENT, "field", 0, 1, False, (), ())


def nothing_left(out: Path, secrets: list[str]) -> None:
    """Look for secrets in every byte of a file, and in all that it says."""
    forms = {form.encode() for secret in secrets for form in encodings(secret)}
    raw = out.read_bytes()
    with closing(sqlite3.connect(out)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    said = [raw]
    with closing(Reader(out)) as reader:
        for number in range(1, reader.info().connections + 1):
            for row in reader.rows(number, 1, 10_000):
                payload = reader.payload(number, row.number, 1 << 22)
                said.append(repr(row).encode() + (payload.data if payload else b""))
            for side in Side:
                said += streams(reader, number, side)
    for form in forms:
        assert not [one for one in said if form in one], form


def streams(reader: Reader, connection: int, side: Side) -> Iterator[bytes]:
    """What is carried by a stream as a whole, unmasked, also what is unfinished."""
    with reader._reading() as store:  # the exact bytes, as no reader shows them
        found = store.query("SELECT c2s, s2c FROM segment WHERE connection = ? ORDER BY id", connection)
    data = b"".join(values[side] for values in found)
    yield b"".join(piece.data for piece in PayloadScanner().feed(data))


def notes(rows: list[Row]) -> list[str]:
    """What is noted in rows."""
    found = [row.event for row in rows if row.event is not None and row.event.kind is EventKind.NOTE]
    return [str(event.data["text"]) for event in found]
