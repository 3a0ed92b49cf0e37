"""A vendor's code in the form of every other entry: its own meaning, and the facts of the standard around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wsinspect.codes.entry import CodeEntry, Point, Retry
from wsinspect.codes.topics import Topic
from wsinspect.codes.vendors import Meaning, Vendor

FIRST_FREE = 3000
"""From here on a number may mean something else for every vendor, even where it is registered."""

RETRY_TEXTS = {
    Retry.NO: "not automatically",
    Retry.NOW: "at once is fine",
    Retry.BACKOFF: "with growing random delays",
    Retry.AFTER_FIX: "only after a fix",
    Retry.AFTER_LOGIN: "only with new credentials",
}


def as_entry(vendor: Vendor, meaning: Meaning, lookup: Callable[[Topic], CodeEntry]) -> CodeEntry:
    """A vendor's code in the form of every other: its own meaning, and the facts of the standard around it."""
    base = lookup(meaning.topic.code)
    like = lookup(meaning.like) if meaning.like is not None else base
    retry_text = RETRY_TEXTS[meaning.retry]
    how = meaning.how or f"Connect again: {retry_text}."
    is_own = base.range is not None or meaning.topic.code >= FIRST_FREE
    when = f"{vendor.name} only: others use {meaning.topic.code} differently."
    if not is_own:
        when = f"{vendor.name}: its use of the standard code."
    is_standard = meaning.like is not None and like.range is None
    return replace(
        base,
        topic=meaning.topic,
        name=meaning.name,
        severity=like.severity,
        description=meaning.meaning,
        when=(Point(when, vendor.source),),
        how=(Point(how, vendor.source, meaning.is_verified),),
        more_when=tuple(Point(note, vendor.source) for note in vendor.notes),
        more_how=(),
        fault=like.fault,
        fault_text=like.fault_text,
        retry=meaning.retry,
        retry_text=retry_text,
        layer_text=f"speaks for {vendor.name}",
        counterpart=f"close code {meaning.like}" if is_standard else base.counterpart,
        use=f"only within {vendor.name}",
        reference=f"{vendor.name}'s own table",
        related=tuple(dict.fromkeys([*([like.topic] if is_standard else []), base.topic, *base.related])),
        aliases=(),
        unverified=() if meaning.is_verified else ("what this vendor means by the code",),
        range=None,
    )
