"""A session exported with its secrets masked: none is left in any byte of it, and everything else is as it was."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import sqlite3
import string
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures import two_sides
from tests.fixtures.session import build, build_hostile
from tests.session.conftest import START_NS, Session
from tests.session.damaging import read_all
from tests.session.deflating import MASK, Deflater
from tests.session.sinks import Slack
from tests.test_redact_any import encodings
from wsinspect.codes.reasons import subject
from wsinspect.errors import UsageError
from wsinspect.model import Connection, Ending, Event, EventKind, Row, Side
from wsinspect.origin import origin_of
from wsinspect.redact import Pattern, Redactor
from wsinspect.session.begun import LIMIT
from wsinspect.session.export import export
from wsinspect.session.merging import Pair, merge
from wsinspect.session.reader import Reader
from wsinspect.session.recorder import Recorder
from wsinspect.session.recording import Recording
from wsinspect.session.source import Source
from wsinspect.session.window import Window
from wsinspect.session.writer import SessionWriter
from wsinspect.wire.builder import build_frame
from wsinspect.wire.deflate import DeflateParams, Inflater
from wsinspect.wire.payloads import PayloadScanner

PATTERNS = (Pattern("order", re.compile("ORD-([0-9A-Za-z]+)")),)


def redacted(path: Path, out: Path, window: Window | None = None) -> Redactor:
    """Export with secrets masked."""
    redactor = Redactor(PATTERNS, is_learning=True)
    with closing(Source(path)) as source:
        export(source, out, window or Window(), redactor=redactor)
    return redactor


def _secret(seed: int) -> str:
    """Something that stands nowhere by chance."""
    source = random.Random(seed)
    letters = string.ascii_letters + string.digits
    inner = "".join(source.choices(letters * 4 + "+/=_.~-", k=source.randint(8, 28)))
    return f"{source.choice(letters)}{inner}{source.choice(letters)}"


SECRETS = st.lists(st.integers(0, 1 << 32).map(_secret), min_size=1, max_size=3, unique=True).filter(
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


def _play(path: Path, steps: list[Sent | tuple[str, int]], secrets: list[str]) -> None:
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


def same(was: Row, now: Row, *, has_sizes: bool) -> None:
    """Everything but the content of a row is as it was, and where a note says so its length when compressed."""
    if was.event is not None:
        assert now.event is not None
        assert was.event.kind is now.event.kind
        assert _numbers(was.event, has_sizes=has_sizes) == _numbers(now.event, has_sizes=has_sizes)
    assert _frame(was, has_sizes=has_sizes) == _frame(now, has_sizes=has_sizes)
    assert len(was.head) == len(now.head)
    assert (was.mark is None) == (now.mark is None)


def _numbers(event: Event, *, has_sizes: bool) -> dict[str, object]:
    return {
        name: said for name, said in event.data.items() if not isinstance(said, str) and (has_sizes or name != "at")
    }


def _frame(row: Row, *, has_sizes: bool) -> Row:
    row = row._replace(head=b"", event=None, mark=None)
    if has_sizes:
        return row
    return row._replace(at=0, wire_length=0, size=0 if row.is_compressed else row.size)


def _connection(connection: Connection | None, *, has_sizes: bool) -> Connection | None:
    """What is said of a connection but for texts and the row that a note takes."""
    if connection is None:
        return None
    closes = (connection.client_close, connection.server_close)
    client, server = (close and replace(close, reason=b"") for close in closes)
    if not has_sizes:
        client_traffic, server_traffic = (
            replace(traffic, wire_bytes=0, largest=0) for traffic in (connection.to_server, connection.to_client)
        )
        connection = replace(connection, to_server=client_traffic, to_client=server_traffic)
    return replace(
        connection, rows=0, client_close=client, server_close=server, url="", path="", subprotocol="", failure=""
    )


def notes(rows: list[Row]) -> list[str]:
    """What is noted in rows."""
    found = [row.event for row in rows if row.event is not None and row.event.kind is EventKind.NOTE]
    return [str(event.data["text"]) for event in found]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(SENT, SENT, OTHERS), max_size=25), SECRETS)
def test_no_secret_is_left_and_all_else_is_as_it_was(steps: list[Sent | tuple[str, int]], secrets: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        _play(path, steps, secrets)
        redacted(path, out)
        assert sorted(os.listdir(folder)) == ["out.wsi", "s.wsi"]
        nothing_left(out, secrets)
        read_all(out)
        with closing(Reader(path)) as reader, closing(Reader(out)) as other:
            assert other.info().is_redacted
            for number in (1, 2):
                rows, masked = reader.rows(number, 1, 10_000), other.rows(number, 1, 10_000)
                said = "".join(notes(masked[len(rows) :]))
                has_sizes = "to another length" not in said
                for was, now in zip(rows, masked, strict=False):
                    same(was, now, has_sizes=has_sizes)
                assert len(masked) == len(rows) + bool(said)
                assert _connection(other.connection(number), has_sizes=has_sizes) == _connection(
                    reader.connection(number), has_sizes=has_sizes
                )
                harmless = {MESSAGES[kind]("")[:512] for kind in ("harmless", "harmless binary", "empty")}
                assert [row.head for row in rows if row.head in harmless] == [
                    now.head for was, now in zip(rows, masked, strict=False) if was.head in harmless
                ]
                assert [found.rule for found in other.findings(number)] == [
                    found.rule for found in reader.findings(number)
                ]
            last = other.all_rows(other.info().rows, 1)[0].event
            assert last is not None
            assert str(last.data["text"]).startswith("secrets were masked when this was exported: ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(SENT, SENT, OTHERS), min_size=3, max_size=25),
    SECRETS,
    st.integers(0, 200),
    st.integers(0, 200),
    st.sets(st.integers(1, 2)),
)
def test_no_secret_is_left_in_a_part(
    steps: list[Sent | tuple[str, int]], secrets: list[str], since: int, length: int, which: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "s.wsi", Path(folder) / "out.wsi"
        _play(path, steps, secrets)
        window = Window(frozenset(which) or None, START_NS + since, START_NS + since + length)
        try:
            redacted(path, out, window)
        except UsageError:
            return
        nothing_left(out, secrets)
        read_all(out)


@pytest.mark.parametrize("made", [build, build_hostile])
def test_what_is_no_secret_is_the_same(made: Callable[[Path], Path], tmp_path: Path) -> None:
    path, out = made(tmp_path / "s.wsi"), tmp_path / "out.wsi"
    redactor = redacted(path, out)
    with closing(Reader(path)) as reader, closing(Reader(out)) as other:
        rows, masked = reader.all_rows(1, 10_000), other.all_rows(1, 10_000)
        secrets = sum(one.count for one in redactor.redactions)
        assert sum(was != now for was, now in zip(rows, masked, strict=False)) <= secrets
        assert len(masked) == len(rows) + 1
        for number in range(1, reader.info().connections + 1):
            assert other.findings(number) == reader.findings(number)


def test_what_is_compressed_stays_legal_and_says_what_is_shown(session: Session, tmp_path: Path) -> None:
    recording = session.open(extensions="permessage-deflate")
    deflater = Deflater()
    said = [
        # The third is no secret, but refers to a part of one.
        content
        for number in range(14)
        for content in (
            b'{"token":"s3cr3tV4lue-of-things-%02d","n":%d}' % (number // 4, number),
            b'{"n":%d,"more":"s3cr3tV4lue-of-things-%02d"}' % (number, number // 8),
            b'{"n":%d,"about":"V4lue-of-things"}' % number,
        )
    ]
    for number, content in enumerate(said):
        recording.read(Side.SERVER, deflater.frame(content), START_NS + number)
        if number % 7 == 0:
            session.recorder.flush()
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    with closing(Reader(tmp_path / "out.wsi")) as reader, closing(Reader(session.path)) as before:
        rows = reader.rows(1, 1, 100)
        rows = [row for row in rows if row.event is None]
        sizes = [row.size for row in before.rows(1, 1, 100)]
        assert sum(row.size != size for row, size in zip(rows, sizes, strict=True)) < 10
        with reader._reading() as store:
            data = b"".join(value for (value,) in store.query("SELECT s2c FROM segment ORDER BY id"))
    inflater = Inflater(DeflateParams(), Side.SERVER)
    inflated = [inflater.feed(piece.data, end_of_message=True) for piece in PayloadScanner().feed(data)]
    assert [one.data for one in inflated] == [row.head for row in rows]
    assert not [one for one in inflated if one.problem]
    assert json.loads(rows[-1].head) == {"n": 13, "about": "V4lue-of-things"}
    assert b"s3cr3t" not in b"".join(row.head for row in rows)


def one_message(session: Session, frames: bytes, out: Path, extensions: str = "") -> tuple[Row, bytes, list[str]]:
    """Record it, mask it: its row, its content, and the notes of its connection."""
    recording = session.open(extensions=extensions)
    for at in range(0, len(frames), 50_000):
        recording.read(Side.SERVER, frames[at : at + 50_000], START_NS + at)
        session.recorder.flush()
    session.read().close()
    redacted(session.path, out)
    with closing(Reader(out)) as reader:
        payload = reader.payload(1, 1, 1 << 24)
        assert payload is not None
        rows = reader.rows(1, 1, 10)
        return rows[0], payload.data, notes(rows)


def test_a_text_is_overwritten_where_nobody_looks(session: Session, tmp_path: Path) -> None:
    content = b'{"password":"hunter-22-x",' + "é".encode() * LIMIT + b'"token":"after-the-first"}'
    row, said, noted = one_message(session, build_frame(1, content), tmp_path / "out.wsi")
    assert row.size == len(content) == len(said)
    assert row.violations == ()
    assert said.startswith(b'{"password":"password-1-",\xc3\xa9')
    assert said.endswith(b"xxxxxx")
    assert noted == [
        "when secrets were masked here, 1 message was overwritten behind the first MiB, which nobody looked into"
    ]


@pytest.mark.parametrize("at", [0, LIMIT - 4, 2 * LIMIT - 7, 3 * LIMIT])
def test_binary_is_looked_at_to_its_end(at: int, session: Session, tmp_path: Path) -> None:
    content = bytes(at) + b"\x00\xffpassword\x00" + bytes(100)
    row, said, noted = one_message(session, build_frame(2, content), tmp_path / "out.wsi")
    assert said == b"x" * len(content)
    assert row.size == len(content)
    assert noted == ["when secrets were masked here, 1 message was overwritten as a whole: binary with a secret in it"]


def test_long_binary_without_a_secret_stays(session: Session, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    _, said, noted = one_message(session, build_frame(2, content), tmp_path / "out.wsi")
    assert said == content
    assert noted == []


def test_a_long_compressed_text_is_overwritten_where_nobody_looks(session: Session, tmp_path: Path) -> None:
    content = b'{"password":"hunter-22-x",' + b"abcdefgh" * (LIMIT // 4) + b'"token":"after-the-first"}'
    out = tmp_path / "out.wsi"
    row, said, noted = one_message(session, Deflater().frame(content), out, "permessage-deflate")
    assert row.inflated_size == len(content)
    assert said[:30] == b'{"password":"password-1-",abcd'
    with closing(Reader(out)) as reader, reader._reading() as store:
        data = b"".join(value for (value,) in store.query("SELECT s2c FROM segment ORDER BY id"))
    packed = b"".join(piece.data for piece in PayloadScanner().feed(data))
    inflated = zlib.decompressobj(-15).decompress(packed)
    assert len(inflated) == len(content)
    assert inflated[:30] == said[:30]
    assert inflated.endswith(b"x" * LIMIT)
    assert "behind the first MiB" in noted[0]


def test_what_cannot_be_inflated_is_overwritten(session: Session, tmp_path: Path) -> None:
    frame = build_frame(1, b"\xff\xffno-deflate password=hunter22-x", rsv=4)
    row, _, noted = one_message(session, frame, tmp_path / "out.wsi", "permessage-deflate")
    assert b"hunter22-x" not in (tmp_path / "out.wsi").read_bytes()
    assert row.problem.startswith("the compressed data is broken")
    assert "what it held is not known" in noted[0]


def test_a_refusal_is_masked_in_all_its_pieces(session: Session, tmp_path: Path) -> None:
    recording = session.recorder.opened(
        source="relay", client="127.0.0.1:5", url="ws://h/", path="/", request=b"GET / HTTP/1.1\r\n\r\n", at_ns=START_NS
    )
    recording.responded(b"HTTP/1.1 401 Unauthorized\r\nX-Api-Key: hunter22-key\r\n\r\n", 401, START_NS + 1)
    for number, piece in enumerate([b'{"error":"bad", "token":"sesa', b'me-open-1"}']):
        recording.refused_body(piece, START_NS + 2 + number)
    recording.closed(START_NS + 9)
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    with closing(Reader(tmp_path / "out.wsi")) as reader, closing(Reader(session.path)) as before:
        handshake, was = reader.handshake(1), before.handshake(1)
        assert handshake is not None
        assert was is not None
        assert handshake.response.endswith(b'{"error":"bad", "token":"token-1-xxxxx"}')
        assert b"hunter22-key" not in handshake.response
        assert len(handshake.response) == len(was.response)
        assert reader.findings(1) == before.findings(1)


def test_a_packed_refusal_is_overwritten(session: Session, tmp_path: Path) -> None:
    recording = session.recorder.opened(
        source="relay", client="127.0.0.1:5", url="ws://h/", path="/", request=b"GET / HTTP/1.1\r\n\r\n", at_ns=START_NS
    )
    recording.responded(b"HTTP/1.1 401 Unauthorized\r\nContent-Encoding: gzip\r\n\r\n", 401, START_NS + 1)
    recording.refused_body(b"\x1f\x8b\x08\x00 whatever", START_NS + 2)
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        handshake = reader.handshake(1)
        assert handshake is not None
        assert handshake.response.endswith(b"\r\n\r\n" + b"x" * 13)


def test_it_is_said_of_every_copy_that_secrets_were_masked(session: Session, tmp_path: Path) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b'{"password":"hunter22-x"}'), START_NS)
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    with closing(Source(tmp_path / "out.wsi")) as source:
        export(source, tmp_path / "again.wsi", Window())
    redacted(tmp_path / "again.wsi", tmp_path / "third.wsi")
    for name in ("out.wsi", "again.wsi", "third.wsi"):
        with closing(Reader(tmp_path / name)) as reader:
            assert reader.info().is_redacted
            assert [row.head for row in reader.rows(1, 1, 1)] == [b'{"password":"password-1"}']
    with closing(Reader(session.path)) as reader:
        assert not reader.info().is_redacted


@pytest.mark.parametrize("opcode", [1, 9, 8])
@pytest.mark.parametrize("cut", [1, 3, 7, 40, -1])
def test_the_rest_of_what_began_before_the_file_is_overwritten(
    opcode: int, cut: int, session: Session, tmp_path: Path
) -> None:
    recording = session.open()
    frame = build_frame(opcode, b'\x03\xe8{"is":"a-beginning-that-is-gone", "password":"hunter-22-long"}', mask=MASK)
    recording.read(Side.CLIENT, frame[:cut], START_NS + 1)
    session.recorder.flush()
    recording.read(Side.CLIENT, frame[cut:] + build_frame(1, b"and so on", mask=MASK), START_NS + 2)
    session.read().close()
    with closing(sqlite3.connect(session.path)) as db, db:
        # As a recording does that keeps only its newest part.
        db.execute("DELETE FROM segment WHERE batch = 1")
        db.execute("DELETE FROM batch WHERE id = 1")
        db.execute("INSERT INTO capture VALUES ('keep', 'the last 10 s')")
    redacted(session.path, tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["hunter-22-long"])
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        assert b"and so on" in [row.head for row in reader.rows(1, 1, 9)]


def test_a_ping_is_masked_that_ends_later_inside_a_message_that_ends_later(session: Session, tmp_path: Path) -> None:
    recording = session.open()
    begun = build_frame(1, b'{"password":"hunter-', fin=False, mask=MASK)
    ping, rest = build_frame(9, b"token=sesame-open-1", mask=MASK), build_frame(0, b'22-long"}', mask=MASK)
    for number, piece in enumerate((begun, ping[:12], ping[12:] + rest[:8], rest[8:])):
        recording.read(Side.CLIENT, piece, START_NS + number)
        session.recorder.flush()
    session.read().close()
    redacted(session.path, tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["hunter-22-long", "sesame-open-1"])
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        assert [row.head for row in reader.rows(1, 1, 9)] == [b"token=token-1-xxxxx", b'{"password":"password-1-xxx"}']


@pytest.mark.parametrize("where", ["event", "session", "http", "mark", "note"])
def test_a_secret_that_is_named_anywhere_is_masked_in_messages(where: str, session: Session, tmp_path: Path) -> None:
    named = "token=sesame-open-1"
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"so sesame-open-1 it is"), START_NS + 1)
    session.recorder.flush()
    if where == "event":
        recording.event(EventKind.NOTE, START_NS + 2, text=named)
    elif where == "session":
        session.recorder.event(EventKind.NOTE, START_NS + 2, text=named)
    elif where == "http":
        session.recorder.http_request(f"GET /?{named} 200", START_NS + 2)
    session.read().close()
    if where == "mark":
        with closing(Reader(session.path)) as reader:
            reader.mark(reader.rows(1, 1, 1)[0], named)
    elif where == "note":
        with closing(sqlite3.connect(session.path)) as db, db:
            db.execute("INSERT INTO capture VALUES ('note', ?)", (named,))
    redacted(session.path, tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["sesame-open-1"])


def test_what_is_merged_of_a_masked_session_says_so_and_file_names_are_masked(
    new_session: Callable[[], Session], tmp_path: Path
) -> None:
    paths = [tmp_path / "token=sesame-open-1.wsi", tmp_path / "masked.wsi"]
    for path in paths:
        session = new_session()
        session.open().read(Side.SERVER, build_frame(1, b"hello"), START_NS + 1)
        session.read().close()
        redacted(session.path, path)
    merge(Pair(*paths), tmp_path / "merged.wsi", asked_ns=0)
    redacted(tmp_path / "merged.wsi", tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", ["sesame-open-1.wsi"])
    with closing(Reader(tmp_path / "merged.wsi")) as merged, closing(Reader(tmp_path / "out.wsi")) as out:
        assert merged.info().is_redacted
        origins = [origin_of(one.source) for one in out.connections(1, 9)]
        assert origins
        assert None not in origins


def test_a_file_that_is_named_for_a_secret_stays_unnamed_in_a_merged_session(tmp_path: Path) -> None:
    secret = _secret(5)
    client, server = two_sides.build(tmp_path)
    with closing(Reader(client)) as reader:
        reader.mark(reader.rows(1, 1, 1)[0], f"Authorization: Bearer {secret}")
    named = client.rename(tmp_path / f"{secret}.wsi")
    merge(Pair(named, server), tmp_path / "m.wsi", asked_ns=None)
    redacted(tmp_path / "m.wsi", tmp_path / "out.wsi")
    nothing_left(tmp_path / "out.wsi", [secret])
    with closing(Reader(tmp_path / "out.wsi")) as reader:
        origins = [origin_of(one.source) for one in reader.connections(1, 100)]
        assert {one.file for one in origins if one is not None} == set(reader.info().files)
