"""What masking does to one message or answer: to what is long, packed, cut, or begun elsewhere."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.conftest import START_NS, Session
from tests.session.copying.secret_session import notes, nothing_left, redacted
from tests.session.deflating import MASK, Deflater
from wsinspect.model import Row, Side
from wsinspect.session.copying.begun import LIMIT
from wsinspect.session.reader import Reader
from wsinspect.wire.builder import build_frame
from wsinspect.wire.deflate import DeflateParams, Inflater
from wsinspect.wire.payloads import PayloadScanner


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
