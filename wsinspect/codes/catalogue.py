"""Finds the data file of a topic and reads it when it is first asked for.

A file's name says what it is about, so that one lookup costs one listing and one small file: codes/1011.toml,
ranges/4000-4999.toml, http/502.toml, ends/rst.toml, pairs/1011-1014.toml (the two in ascending order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from wsinspect.codes.entry import CodeEntry
from wsinspect.codes.loader import WrittenPair, load_entry, load_pair
from wsinspect.codes.topics import HttpStatus, Topic, TransportEnd, key, order

DATA = Path(__file__).with_name("data")
"""The catalogue that comes with wsinspect."""


class Catalogue:
    """The entries and written pairs below one folder."""

    def __init__(self, folder: Path = DATA) -> None:
        self._folder = folder
        self._entries: dict[Topic, CodeEntry] = {}
        self._spans: dict[str, CodeEntry] = {}
        self._pairs: dict[str, WrittenPair | None] = {}

    def entry(self, topic: Topic) -> CodeEntry | None:
        """The entry of exactly this topic; None when it has no file. A range is no topic of its own."""
        if topic not in self._topics:
            return None
        if topic not in self._entries:
            self._entries[topic] = load_entry(self._folder / self._topics[topic])
        return self._entries[topic]

    def range_of(self, topic: int | HttpStatus) -> CodeEntry:
        """The entry of the range that a code or status lies in, made out for this very number.

        Raises:
            ValueError: no range holds it: not 0 to 65535, or an HTTP status below 100 or above 599.
        """
        part, number = ("http", topic.status) if isinstance(topic, HttpStatus) else ("ranges", topic)
        for first, last in self._ranges[part]:
            if first <= number <= last:
                entry = self._range(f"{part}/{first}-{last}.toml")
                return replace(entry, topic=topic, related=(*self._likeness(topic), *entry.related))
        raise ValueError(f"neither a close code nor an HTTP status: {number}")

    def pair(self, a: Topic, b: Topic) -> WrittenPair | None:
        """The texts written for these two, a's side first; None when there are none."""
        first, second = sorted((a, b), key=order)
        stem = f"{key(first)}-{key(second)}".replace(":", "")
        if stem not in self._pairs:
            path = self._folder / "pairs" / f"{stem}.toml"
            self._pairs[stem] = load_pair(path) if path.is_file() else None
        pair = self._pairs[stem]
        return pair.mirrored() if pair is not None and pair.a != a else pair

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic with a file of its own: codes by number, then HTTP statuses, then ends."""
        return tuple(sorted(self._topics, key=order))

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last code of every range, in ascending order; together they hold 0 to 65535."""
        return tuple(self._ranges["ranges"])

    @cached_property
    def _topics(self) -> dict[Topic, str]:
        """The file of each topic, relative to the folder."""
        found: dict[Topic, str] = {}
        for stem in self._stems("codes"):
            found[int(stem)] = f"codes/{stem}.toml"
        for stem in self._stems("http"):
            if "-" not in stem:
                found[HttpStatus(int(stem))] = f"http/{stem}.toml"
        for stem in self._stems("ends"):
            found[TransportEnd(stem)] = f"ends/{stem}.toml"
        return found

    @cached_property
    def _ranges(self) -> dict[str, list[tuple[int, int]]]:
        """First and last number of each range file, by folder."""
        spans: dict[str, list[tuple[int, int]]] = {}
        for part in ("ranges", "http"):
            ends = (stem.partition("-") for stem in self._stems(part) if "-" in stem)
            spans[part] = sorted((int(first), int(last)) for first, _, last in ends)
        return spans

    def _likeness(self, topic: Topic) -> Iterator[Topic]:
        """The HTTP status that a code without a meaning of its own looks like: 502, or 4401 for 401."""
        for offset in (0, 4000):
            if isinstance(topic, int) and HttpStatus(topic - offset) in self._topics:
                yield HttpStatus(topic - offset)

    def _range(self, file: str) -> CodeEntry:
        if file not in self._spans:
            self._spans[file] = load_entry(self._folder / file)
        return self._spans[file]

    def _stems(self, part: str) -> Iterator[str]:
        return (path.stem for path in (self._folder / part).glob("*.toml"))
