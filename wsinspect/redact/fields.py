"""Values and the names they go by, in JSON (whole, cut off, or inside other text), forms, headers and XML.

Nothing is parsed in the strict sense: a message may be cut off, or be JSON only from its third character on. What is
found is where a value stands, what it says when decoded, and its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wsinspect.redact.forms import plain
from wsinspect.redact.names import Named, looks_like_word, named


class Value(NamedTuple):
    """One value in a text."""

    start: int
    end: int
    said: str
    """Decoded."""
    name: str
    """The name it goes by, decoded; empty when it has none."""
    about: Named | None
    """What the name says about it."""
    is_string: bool = True
    """Whether it stands in quotes of JSON."""
    in_form: str = ""
    """What it says if it is a form's, where a plus sign is a space."""


_TOKEN = re.compile(
    r'"(?P<string>(?:[^"\\]|\\.)*)(?P<end>"?)|(?P<mark>[{}\[\],:])|(?P<bare>[^\s{}\[\],:"]+)', re.DOTALL
)

_PAIR_NAMES = {"name", "key", "header", "field", "param", "parameter"}
_PAIR_VALUES = {"value", "val", "content"}

MAX_DEPTH = 10_000
"""Levels of JSON that are told apart; deeper ones are taken for the last."""


@dataclass(slots=True)
class _Level:
    """An object or array that is open."""

    about: Named | None = None
    """What the names around say of everything in it."""
    name: str = ""
    is_object: bool = False
    key: str | None = None
    """In an object, the key whose value comes next."""
    pair: str = field(default="")
    """What the object names itself: ``{"name": "Authorization", "value": …}``."""


def json_values(text: str) -> Iterator[Value]:
    """Strings and bare words of JSON, each with the name it goes by."""
    levels = [_Level()]
    tokens = _TOKEN.finditer(text)
    held: re.Match[str] | None = None
    for token in tokens:
        mark = token["mark"]
        if held is not None:
            if mark == ":":
                levels[-1].key = _unescaped(held["string"])
                held = None
                continue
            yield from _value(held, levels[-1])
            held = None
        if mark is None:
            if token["string"] is not None and token["end"]:
                held = token
            else:
                yield from _value(token, levels[-1])
        elif mark in "{[":
            _open(levels, is_object=mark == "{")
        elif mark in "}]":
            if len(levels) > 1:
                levels.pop()
            levels[-1].key = None
        elif mark == ",":
            levels[-1].key = None
    if held is not None:
        yield from _value(held, levels[-1])


def _open(levels: list[_Level], *, is_object: bool) -> None:
    outer = levels[-1]
    name = outer.key if outer.key is not None else outer.name
    about = outer.about
    if outer.key is not None and (said := named(outer.key)) is not None:
        # The members of an object have names of their own; only what is a secret by all means passes on to them.
        about = said if not is_object or said.always else about
    if len(levels) < MAX_DEPTH:
        levels.append(_Level(about, name, is_object))


def _value(token: re.Match[str], level: _Level) -> Iterator[Value]:
    is_string = token["string"] is not None
    said = _unescaped(token["string"]) if is_string else token["bare"]
    if not is_string and said in ("null", "true", "false"):
        return
    start, end = token.span("string") if is_string else token.span("bare")
    name = level.key if level.key is not None else level.name
    lowered = name.lower()
    if level.is_object and lowered in _PAIR_NAMES:
        level.pair = said
    if level.is_object and lowered in _PAIR_VALUES and level.pair:
        name = level.pair
    yield Value(start, end, said, name, _about(name, level), is_string)


_PUBLIC = {"user", "username", "login", "email", "id", "type", "name", "realm", "domain", "host", "region", "account"}
"""Members of an object of credentials that are no secrets."""


def _about(name: str, level: _Level) -> Named | None:
    """What the value's own name and the names around it say of it; the surer counts."""
    own = named(name)
    if level.about is None or not level.about.always or (level.is_object and name.lower() in _PUBLIC):
        return own
    return own if own is not None and own.always else level.about


def _unescaped(content: str) -> str:
    """The text that a JSON string's content stands for; as it is when it is no valid one."""
    if "\\" not in content:
        return content
    for whole in (content, _CUT_ESCAPE.sub(r"\1", content)):
        try:
            return str(json.loads(f'"{whole}"', strict=False))
        except ValueError:
            continue
    return content


_CUT_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?\Z")

_ASSIGNED = re.compile(
    r"(?P<name>[A-Za-z0-9_.%\[\]-]{1,100})=(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"?|'(?P<single>[^']*)'?"
    r"|(?P<plain>[^&;,#\s\"'<>{}\\]+))"
)

_LABELLED = re.compile(
    r"(?P<quote>'?)(?P<name>[A-Za-z][A-Za-z0-9_.-]{1,100})(?P=quote)[ \t]*:[ \t]*"
    r"(?:'(?P<single>[^']*)'?|(?P<plain>[^\s,;\"'<>{}\[\]\\]+))"
)

_QUOTED = re.compile(r'"(?P<name>[^"\\\s{}\[\],:]{1,100})"\s*:\s*"(?P<double>(?:[^"\\]|\\.)*)', re.DOTALL)
"""A field of JSON inside quotation marks of a sentence, where not every mark is one of JSON."""

_ELEMENT = re.compile(r"<(?P<name>[A-Za-z][\w:.-]{0,100})(?:\s[^<>]{0,1000})?>(?P<plain>[^<]+)")

HEADER_LINE = re.compile(
    r"(?<![\w-])(?P<name>(?:proxy-)?authorization|cookie|set-cookie)['\"]?[ \t]*[:=][ \t]*['\"]?"
    r"(?P<value>[^\r\n\"'<>\\]+)",
    re.I,
)
"""A header whose value is more than one word, as a line of a text."""

_OWN_RULES = ("authorization", "proxy-authorization", "cookie", "set-cookie")


def written_values(text: str) -> Iterator[Value]:
    """Values after ``name=``, ``name:``, ``"name":`` and ``<name>``, of forms, URLs, log lines, STOMP, XML.

    Only values whose name says that they may be a secret.
    """
    for pattern in (_ASSIGNED, _LABELLED, _QUOTED, _ELEMENT):
        for match in pattern.finditer(text):
            name = plain(match["name"])
            if pattern is _ELEMENT:
                name = name.rpartition(":")[2]
            about = named(name.rstrip("]").replace("[", "."))
            if about is None or (pattern is not _ELEMENT and name.lower() in _OWN_RULES):
                continue
            group = next(group for group in ("double", "single", "plain") if match.groupdict().get(group) is not None)
            said = _unescaped(match[group]) if pattern is _QUOTED else plain(match[group])
            is_sentence = pattern is _LABELLED and group == "plain" and looks_like_word(said)
            if not (is_sentence and about.kind != "password"):
                in_form = plain(match[group].replace("+", " ")) if pattern is _ASSIGNED else ""
                yield Value(*match.span(group), said, name, about, in_form=in_form)
