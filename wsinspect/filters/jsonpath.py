r"""``json:`` terms: a small part of JSONPath, and what it finds in a message.

``$`` is the message, ``.name`` or ``["a name"]`` goes into an object, ``[0]`` into an array, ``[*]`` into every element
of an array or object. Behind the path stand nothing (it leads to something), or ``=`` ``!=`` ``>`` ``>=`` ``<`` ``<=``
and a value. A term holds when any value that the path leads to satisfies it. ``=`` and ``!=`` compare a string by its
text, a number by its value, and ``true``, ``false`` and ``null`` by their names; the others compare numbers only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from operator import ge, gt, le, lt
from typing import TypeAlias

from wsinspect.filters.expression import Json, Order
from wsinspect.filters.lexicon import is_bare, quoted
from wsinspect.filters.problem import FilterError
from wsinspect.filters.values import number

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
Step: TypeAlias = str | int | None

SEARCHED_BYTES = 1 << 20
"""A message longer than this is not taken for JSON."""

_NAME = re.compile(r"\.([^.\[\]=!<>\"()\s]+)")
_POSITION = re.compile(r"\[(\d{1,9}|\*)\]", re.ASCII)
_ORDER = re.compile(r"==|>=|<=|!=|=|>|<")
_STEP = "a step such as .name, [0] or [*], or a comparison such as =value"


def read(value: str, at: int) -> Json:
    """A term's value, such as ``$.type=subscribe``.

    Args:
        value: what stands behind ``json:``.
        at: where in the filter that is.

    Raises:
        FilterError: it is no path, or its comparison has no value; with the place in the filter.
    """
    if not value.startswith("$"):
        raise _misfit("a path such as $.type after json:", value, 0, at)
    path: list[Step] = []
    position = 1
    while position < len(value):
        order = _ORDER.match(value, position)
        if order:
            said = Order("=" if order[0] == "==" else order[0])
            return Json(tuple(path), said, _compared(value, order.end(), said, at))
        step, position = _step(value, position, at)
        path.append(step)
    return Json(tuple(path))


def _step(value: str, position: int, at: int) -> tuple[Step, int]:
    name = _NAME.match(value, position)
    if name:
        return name[1], name.end()
    index = _POSITION.match(value, position)
    if index:
        return (None if index[1] == "*" else int(index[1])), index.end()
    if value.startswith('["', position):
        try:
            text, end = quoted(value, position + 1)
        except FilterError as error:
            raise FilterError(error.problem, at + error.at, error.length) from None
        if value.startswith("]", end):
            return text, end + 1
        raise _misfit("] after the name", value, end, at)
    raise _misfit(_STEP, value, position, at)


def _compared(value: str, position: int, order: Order, at: int) -> str:
    rest = value[position:]
    if rest.startswith('"'):
        text, end = quoted(rest, 0)
        if end < len(rest):
            raise _misfit("a blank after the value in quotes", value, position + end, at)
    elif is_bare(rest):
        text = rest
    else:
        raise _misfit(f"a value after {order}", value, position, at)
    if order not in (Order.EQUAL, Order.OTHER) and number(text) is None:
        raise _misfit(f"a number after {order}", value, position, at)
    return text


def _misfit(expected: str, value: str, position: int, at: int) -> FilterError:
    rest = value[position:]
    return FilterError(f"expected {expected}", at + position, len(rest), found=rest)


def holds(term: Json, content: bytes) -> bool:
    """Whether a message is JSON in which the term holds."""
    try:
        value: Value = json.loads(content.decode())
    # Numbers of thousands of digits, and a hundred thousand brackets, are not read.
    except (ValueError, RecursionError):
        return False
    return any(map(_test(term), _reached(value, term.path)))


def _reached(value: Value, path: tuple[Step, ...]) -> Iterable[Value]:
    """Every value that the path leads to."""
    reached: list[Value] = [value]
    for step in path:
        reached = [inner for one in reached for inner in _inside(one, step)]
    return reached


def _inside(value: Value, step: Step) -> Iterable[Value]:
    if isinstance(value, dict):
        if step is None:
            return value.values()
        return (value[step],) if isinstance(step, str) and step in value else ()
    if isinstance(value, list):
        if step is None:
            return value
        return (value[step],) if isinstance(step, int) and step < len(value) else ()
    return ()


_COMPARE: dict[Order, Callable[[float, float], bool]] = {
    Order.LESS: lt,
    Order.AT_MOST: le,
    Order.AT_LEAST: ge,
    Order.MORE: gt,
}


def _test(term: Json) -> Callable[[Value], bool]:
    order, said = term.order, term.value
    wanted = number(said)
    if order is None:
        return lambda _: True
    if order is Order.EQUAL:
        return lambda value: _equals(value, said, wanted)
    if order is Order.OTHER:
        return lambda value: not _equals(value, said, wanted)
    compare = _COMPARE[order]
    return lambda value: _is_number(value) and wanted is not None and compare(value, wanted)  # type: ignore[arg-type]  # a number, as just tested


def _equals(value: Value, said: str, wanted: float | None) -> bool:
    if isinstance(value, str):
        return value == said
    if value is None or isinstance(value, bool):
        return said == {None: "null", True: "true", False: "false"}[value]
    return _is_number(value) and wanted is not None and value == wanted


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def needles(term: Json) -> list[bytes]:
    r"""Bytes that a message must hold for the term to hold, unless it holds a ``\``, which can write them otherwise."""
    names = [step for step in term.path if isinstance(step, str)]
    if term.order is Order.EQUAL and number(term.value) is None and term.value not in ("true", "false", "null"):
        names.append(term.value)
    return [name.encode("utf-8", "surrogatepass") for name in names if name]
