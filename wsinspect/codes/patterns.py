"""Patterns with ``*`` for what varies, matched against text that a peer wrote: in linear time, without exceptions."""

from __future__ import annotations


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern in which ``*`` stands for any characters, none among them.

    The parts between the stars are looked for from left to right, each once: what a peer sends cannot make it slow, as
    it could with a regular expression.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *inner, last = rest
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in inner:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
