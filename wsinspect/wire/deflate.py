"""permessage-deflate of one direction, inflated for display with bounded memory (RFC 7692).

A message is fed in pieces of any size; its first bytes are kept, the rest is inflated only to be counted and because
later messages may refer to it. Where inflating cannot go on, that is said, and said again for every later message that
would need what was lost.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from wsinspect.model import Side, Violation

KEPT_BYTES = 1 << 20
"""How much of an inflated message is kept."""

MAX_RATIO = 1000
RATIO_FREE_BYTES = 64 << 20
"""Inflating a message stops where it is both longer than this and more than MAX_RATIO times what it came from."""

MAX_STREAM_ENDS = 64
"""Final blocks one message may hold; one is legal (RFC 7692 section 7.2.3.4), thousands would only cost time."""

_WINDOW = 1 << 15
_STEP_IN = 4096
_STEP_OUT = 1 << 18
_TAIL = b"\x00\x00\xff\xff"
_SWITCHES = ("client_no_context_takeover", "server_no_context_takeover")
_WINDOWS = ("client_max_window_bits", "server_max_window_bits")


@dataclass(frozen=True, slots=True)
class DeflateParams:
    """What both sides agreed on. Source: RFC 7692 section 7.1."""

    client_no_context_takeover: bool = False
    server_no_context_takeover: bool = False
    client_max_window_bits: int = 15
    server_max_window_bits: int = 15
    violations: tuple[Violation, ...] = ()
    """What the server's answer has wrong; what it got right counts all the same."""


def negotiated(extensions: str) -> DeflateParams | None:
    """What the server accepted of permessage-deflate.

    Args:
        extensions: value of Sec-WebSocket-Extensions in the response, several such fields joined by commas.

    Returns:
        None when compression was not agreed on.
    """
    accepted = [_split(extension, ";") for extension in _split(extensions, ",")]
    ours = [parts[1:] for parts in accepted if parts[0].lower() == "permessage-deflate"]
    if not ours:
        return None
    values: dict[str, bool | int] = {}
    wrong: set[str] = {"accepted more than once"} if len(ours) > 1 else set()
    for parameter in ours[0]:
        name, equals, value = (part.strip() for part in parameter.partition("="))
        bits = re.fullmatch(r'"?(8|9|1[0-5])"?', value)
        if name in values:
            wrong.add(f"{name} given twice")
        elif name in _SWITCHES:
            values[name] = True
            if equals:
                wrong.add(f"{name} with a value")
        elif name in _WINDOWS and bits:
            values[name] = int(bits[1])
        elif name in _WINDOWS:
            wrong.add(f"{name} without a value from 8 to 15")
        else:
            wrong.add("a parameter that does not exist")
    return DeflateParams(
        client_no_context_takeover=bool(values.get("client_no_context_takeover")),
        server_no_context_takeover=bool(values.get("server_no_context_takeover")),
        client_max_window_bits=int(values.get("client_max_window_bits", 15)),
        server_max_window_bits=int(values.get("server_max_window_bits", 15)),
        violations=tuple(
            Violation("deflate-parameters", f"permessage-deflate: {detail}", "RFC 7692 section 7.1")
            for detail in sorted(wrong)
        ),
    )


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand outside quoted strings, trimmed."""
    parts = [""]
    for index, quoted in enumerate(text.split('"')):
        if index % 2:
            parts[-1] += f'"{quoted}"'
            continue
        first, *others = quoted.split(separator)
        parts[-1] += first
        parts += others
    return [part.strip() for part in parts]


@dataclass(frozen=True, slots=True)
class Inflated:
    """What is known of a message after a piece of it."""

    data: bytes
    """At the end of the message its first KEPT_BYTES, inflated; empty before the end."""
    total: int
    """Inflated bytes so far, kept or not."""
    problem: str = ""
    """Why it cannot be inflated; data is empty and total 0 then. Empty when all is well."""


class Inflater:
    """Inflates the compressed messages of one direction, in the order they were sent."""

    def __init__(self, params: DeflateParams, side: Side) -> None:
        is_client = side is Side.CLIENT
        self._forgets = params.client_no_context_takeover if is_client else params.server_no_context_takeover
        self._lost = ""
        self._fresh_machine()
        self._fresh_message()

    def feed(self, data: bytes, *, end_of_message: bool) -> Inflated:
        """Take the next piece of a compressed message, unmasked.

        Args:
            data: payload bytes, in any number of pieces; frames make no difference.
            end_of_message: whether the message ends with them.
        """
        if not self._problem:
            try:
                self._inflate(data)
                if end_of_message and not self._machine.eof:
                    self._inflate(_TAIL)
            except zlib.error as error:
                self._fail(f"the compressed data is broken: {str(error).rpartition(': ')[2]}")
        if not end_of_message:
            return Inflated(b"", self._total, self._problem)
        inflated = Inflated(bytes(self._kept), self._total, self._problem)
        if self._forgets:
            self._fresh_machine()
        self._fresh_message()
        return inflated

    def lose(self, problem: str) -> None:
        """Say that bytes of this direction are missing here: what refers to them cannot be inflated.

        Args:
            problem: why, as the sentence for the messages that suffer from it.
        """
        if self._forgets and not self._is_inside:
            return
        self._fail(problem)
        self._lost = "" if self._forgets else problem

    def _fresh_machine(self) -> None:
        # The largest window reads streams made for any smaller one.
        self._machine = zlib.decompressobj(wbits=-15)
        self._recent = bytearray()

    def _fresh_message(self) -> None:
        self._problem = self._lost
        self._is_inside = False
        self._kept = bytearray()
        self._total = self._consumed = self._ends = 0

    def _fail(self, problem: str) -> None:
        """Stop inflating this message, and with context takeover all that follow."""
        self._problem = problem
        # How far zlib came depends on how the bytes were cut: nothing may be told from it.
        self._kept.clear()
        self._total = 0
        if not self._forgets:
            self._lost = "not inflated: it builds on an earlier message that could not be inflated"
        self._fresh_machine()

    def _inflate(self, data: bytes) -> None:
        self._is_inside = True
        # In small pieces, for zlib copies what it has not consumed after every step.
        for at in range(0, len(data), _STEP_IN):
            piece = data[at : at + _STEP_IN]
            while piece and not self._problem:
                piece = self._step(piece)

    def _step(self, piece: bytes) -> bytes:
        """Inflate up to _STEP_OUT bytes; returns what is left of ``piece``."""
        machine = self._machine
        if machine.eof:
            machine = self._machine = self._continued()
        out = machine.decompress(piece, _STEP_OUT)
        left = machine.unused_data if machine.eof else machine.unconsumed_tail
        self._consumed += len(piece) - len(left)
        self._take(out)
        while len(out) == _STEP_OUT and not left and not machine.eof:
            out = machine.decompress(b"", _STEP_OUT)
            self._take(out)
        self._ends += machine.eof
        if self._ends > MAX_STREAM_ENDS:
            self._fail(f"not inflated: more than {MAX_STREAM_ENDS} final blocks in one message")
        elif self._total > RATIO_FREE_BYTES and self._total > MAX_RATIO * self._consumed:
            self._fail(f"not inflated: it grows more than {MAX_RATIO:,}-fold")
        return left

    def _take(self, out: bytes) -> None:
        self._total += len(out)
        if len(self._kept) < KEPT_BYTES:
            self._kept += out[: KEPT_BYTES - len(self._kept)]
        self._recent += out[-_WINDOW:]
        if len(self._recent) > 4 * _WINDOW:
            del self._recent[:-_WINDOW]

    def _continued(self) -> zlib._Decompress:
        """A machine that goes on behind a final block, as RFC 7692 section 7.2.3.4 allows, with the window kept."""
        return zlib.decompressobj(wbits=-15, zdict=bytes(self._recent[-_WINDOW:]))
