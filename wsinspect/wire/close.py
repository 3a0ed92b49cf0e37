"""What the body of a close frame says, and which rules it breaks.

The code is the two bytes as they stood on the wire, also where no endpoint may send it; that it may not is a violation
beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect.model import Violation
from wsinspect.wire.frames import MAX_CONTROL_PAYLOAD

NO_STATUS, ABNORMAL, TLS_FAILED = 1005, 1006, 1015
"""Conclusions for an application, never on the wire (RFC 6455 section 7.4.1)."""

_NEVER_SENT = {
    NO_STATUS: "says that no code was received",
    ABNORMAL: "says that no close frame was received",
    TLS_FAILED: "says that TLS failed",
}


@dataclass(frozen=True, slots=True)
class ClosePayload:
    """The body of a close frame."""

    code: int | None
    """The first two bytes; None when there are fewer."""
    reason: bytes
    """What follows the code, as sent; UTF-8 by the rules."""
    violations: tuple[Violation, ...] = ()


def parse_close(body: bytes, length: int | None = None) -> ClosePayload:
    """Read the body of a close frame.

    Args:
        body: the payload, unmasked.
        length: bytes of payload on the wire, when ``body`` is only the beginning.

    Source: RFC 6455 sections 5.5.1 and 7.4.
    """
    whole = len(body) if length is None else length
    code = int.from_bytes(body[:2]) if len(body) >= 2 else None
    reason = body[2:]
    found: list[Violation] = []
    if len(body) == 1:
        found.append(_violation("close-one-byte", "a close frame with half a code: one byte", "5.5.1"))
    if code is not None:
        found.extend(code_violations(code))
    if not _is_utf8(reason, is_cut=whole > len(body)):
        found.append(_violation("close-reason-utf8", "a close reason that is not UTF-8", "5.5.1"))
    if whole > MAX_CONTROL_PAYLOAD:
        detail = f"a close frame of {whole} bytes; {MAX_CONTROL_PAYLOAD} are allowed"
        found.append(_violation("control-long", detail, "5.5"))
    return ClosePayload(code, reason, tuple(found))


def code_violations(code: int) -> tuple[Violation, ...]:
    """The rule that a code breaks by standing in a close frame; empty for a code that may.

    Codes registered with IANA after RFC 6455 (1012 to 1014) may.

    Source: RFC 6455 sections 7.4.1 and 7.4.2.
    """
    if 3000 <= code < 5000 or 1000 <= code <= 1003 or 1007 <= code <= 1014:
        return ()
    if code in _NEVER_SENT:
        detail = f"code {code} {_NEVER_SENT[code]}; it must not be sent"
        return (_violation("close-code-not-sendable", detail, "7.4.1"),)
    if code == 1004 or 1016 <= code < 3000:
        detail = f"code {code} is reserved and has no meaning yet"
        return (_violation("close-code-reserved", detail, "7.4.1" if code == 1004 else "7.4.2"),)
    detail = f"code {code} lies outside the range of close codes, 1000 to 4999"
    return (_violation("close-code-range", detail, "7.4.2"),)


def _is_utf8(reason: bytes, *, is_cut: bool) -> bool:
    try:
        reason.decode()
    except UnicodeDecodeError as error:
        # A reason that we hold only the beginning of may end inside a character.
        return is_cut and error.reason == "unexpected end of data"
    return True


def _violation(rule: str, detail: str, section: str) -> Violation:
    return Violation(rule, detail, f"RFC 6455 section {section}")
