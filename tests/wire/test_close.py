"""Close bodies are read as they are; each illegal one is flagged with the rule it breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ProtocolError
from websockets.frames import Close as TheirClose

from wsinspect.wire.close import code_violations, parse_close


def rules(body: bytes, length: int | None = None) -> list[str]:
    return [violation.rule for violation in parse_close(body, length).violations]


def test_every_code_is_judged_as_websockets_judges_it() -> None:
    for code in range(65536):
        body = code.to_bytes(2)
        parsed = parse_close(body)
        assert parsed.code == code
        try:
            TheirClose.parse(body).check()
            is_legal = True
        except ProtocolError:
            is_legal = False
        assert (not parsed.violations) == is_legal, code


@pytest.mark.parametrize(
    ("code", "rule", "source"),
    [
        (0, "close-code-range", "RFC 6455 section 7.4.2"),
        (999, "close-code-range", "RFC 6455 section 7.4.2"),
        (1004, "close-code-reserved", "RFC 6455 section 7.4.1"),
        (1005, "close-code-not-sendable", "RFC 6455 section 7.4.1"),
        (1006, "close-code-not-sendable", "RFC 6455 section 7.4.1"),
        (1015, "close-code-not-sendable", "RFC 6455 section 7.4.1"),
        (1016, "close-code-reserved", "RFC 6455 section 7.4.2"),
        (2999, "close-code-reserved", "RFC 6455 section 7.4.2"),
        (5000, "close-code-range", "RFC 6455 section 7.4.2"),
        (65535, "close-code-range", "RFC 6455 section 7.4.2"),
    ],
)
def test_illegal_codes_name_their_rule(code: int, rule: str, source: str) -> None:
    (violation,) = code_violations(code)
    assert (violation.rule, violation.source) == (rule, source)
    assert str(code) in violation.detail


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1012, 1013, 1014, 3000, 4999])
def test_legal_codes(code: int) -> None:
    assert code_violations(code) == ()


def test_bodies() -> None:
    assert parse_close(b"").code is None
    assert rules(b"") == []
    assert parse_close(b"\x03").code is None
    assert rules(b"\x03") == ["close-one-byte"]
    assert parse_close(b"\x03\xe8bye").reason == b"bye"
    assert rules(b"\x03\xe8\xff") == ["close-reason-utf8"]
    assert rules(b"\x03\xee\xff") == ["close-code-not-sendable", "close-reason-utf8"]
    assert rules(b"\x03\xe8" + b"x" * 123) == []
    assert rules(b"\x03\xe8" + b"x" * 124) == ["control-long"]


def test_a_reason_cut_by_us_is_not_called_broken() -> None:
    cut = b"\x03\xe8" + b"x" * 122 + b"\xc3"
    assert rules(cut) == ["close-reason-utf8"]
    assert rules(cut, 126) == ["control-long"]
    assert rules(b"\x03\xe8\xff" + b"x" * 122, 200) == ["close-reason-utf8", "control-long"]


@given(st.binary(max_size=200))
def test_any_body_is_read(body: bytes) -> None:
    parsed = parse_close(body)
    if parsed.code is None:
        assert len(body) < 2
    else:
        assert parsed.code.to_bytes(2) + parsed.reason == body
    for violation in parsed.violations:
        assert violation.detail.isprintable()
