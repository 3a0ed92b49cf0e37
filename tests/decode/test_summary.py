"""Every row has one safe line that says what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_text import assert_safe
from wsinspect.decode.summary import close_line, summarize
from wsinspect.model import HEAD_BYTES, Event, EventKind, Row, RowKind, Side


def row(kind: RowKind, payload: bytes, **more: object) -> Row:
    facts: dict[str, object] = {"size": len(payload), "head": payload[:HEAD_BYTES], "side": Side.CLIENT, **more}
    return Row(1, 1, kind, 0, 0, **facts)  # type: ignore[arg-type]  # facts by name, as each case needs them


@pytest.mark.parametrize(
    ("kind", "payload", "line"),
    [
        (RowKind.TEXT, b'{"type":"subscribe","id":17}', '{"type":"subscribe","id":17}'),
        (RowKind.TEXT, b"", ""),
        (RowKind.TEXT, b"a\nb\x1b[2J\xff", r"a\nb\x1b[2J\xff"),
        (RowKind.TEXT, b"[/x] [@click=app.quit]x[/]", "[/x] [@click=app.quit]x[/]"),
        (RowKind.TEXT, "é".encode() * 400, "é" * 256 + "…"),
        (RowKind.TEXT, b"x" + "é".encode() * 400, "x" + "é" * 255 + "…"),
        (RowKind.PING, bytes.fromhex("617a019c"), "61 7a 01 9c"),
        (RowKind.PONG, b"heartbeat 7", "heartbeat 7"),
        (RowKind.PING, b"", ""),
        (RowKind.BINARY, bytes(range(20)), "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f …"),
        (RowKind.BINARY, b"\x08\x96\x01\x12\x05hello", "08 96 01 12 05 68 65 6c 6c 6f  .....hello"),
        (RowKind.BINARY, b'{"a":1}', '7b 22 61 22 3a 31 7d  {"a":1}'),
        (RowKind.BINARY, b"", ""),
        (RowKind.RESERVED, b"\x01\x02", "01 02"),
        (RowKind.CONTINUATION, b"lo", "lo"),
        (RowKind.CONTINUATION, b"\x80", "80"),
        (RowKind.CLOSE, b"\x03\xf3", "1011 Internal Error"),
        (RowKind.CLOSE, b"\x03\xf3\xe2\x80\xaewhy\x1b]52;", r"1011 Internal Error  \u202ewhy\x1b]52;"),
        (RowKind.CLOSE, b"", "no code"),
        (RowKind.CLOSE, b"\x03", "half a code: 03"),
    ],
)
def test_payloads(kind: RowKind, payload: bytes, line: str) -> None:
    assert summarize(row(kind, payload)) == line


def test_compressed_payloads() -> None:
    inflated = row(RowKind.TEXT, b"hello", size=9, is_compressed=True, inflated_size=5)
    assert summarize(inflated) == "hello"
    longer = row(RowKind.TEXT, b"hello", size=3, is_compressed=True, inflated_size=9)
    assert summarize(longer) == "hello…"
    not_inflated = row(RowKind.TEXT, b"\xca\x48", is_compressed=True, problem="the compressed data is broken")
    assert summarize(not_inflated) == "ca 48  (the compressed data is broken)"


def test_a_problem_is_said_beside_what_is_there() -> None:
    assert summarize(row(RowKind.TEXT, b"he", size=9, problem="some of its bytes\n")) == r"he…  (some of its bytes\n)"


def test_close_lines_of_any_code_and_cut_reasons() -> None:
    for code in (0, 999, 1004, 1006, 1014, 2999, 3000, 4000, 5000, 65535):
        assert close_line(code.to_bytes(2)).startswith(f"{code} ")
    cut = b"\x03\xe8" + "é".encode() * 61 + b"\xc3"
    assert close_line(cut, 300).endswith("é")
    assert close_line(cut).endswith(r"é\xc3")


FACTS = st.dictionaries(
    st.sampled_from(
        [
            "how",
            "by",
            "undelivered",
            "stage",
            "problem",
            "arrived",
            "announced",
            "bytes",
            "messages",
            "why",
            "seconds",
            "text",
        ]
    ),
    st.none() | st.integers() | st.floats() | st.text() | st.sampled_from(["fin", "tls_alert", "us", "dns"]),
)


@given(
    st.sampled_from(list(RowKind)),
    st.binary(max_size=60),
    st.integers(0, 1 << 64),
    st.none() | st.integers(0, 1 << 40),
    st.booleans(),
    st.text(max_size=9),
    st.sampled_from([None, *Side]),
    st.none() | st.builds(Event, st.sampled_from(EventKind), FACTS),
)
def test_any_row_has_one_safe_line(
    kind: RowKind,
    head: bytes,
    size: int,
    inflated_size: int | None,
    is_compressed: bool,
    problem: str,
    side: Side | None,
    event: Event | None,
) -> None:
    line = summarize(
        Row(
            1,
            1,
            kind,
            0,
            0,
            side=side,
            size=size,
            head=head,
            inflated_size=inflated_size,
            is_compressed=is_compressed,
            problem=problem,
            event=event,
        )
    )
    assert_safe(line)
