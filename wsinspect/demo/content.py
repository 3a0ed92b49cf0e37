"""What the demo's endpoints say: made-up trade, chat and telemetry, the same in every run.

Nothing here depends on the clock or on chance, so two demos show the same messages in the same order.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator

SYMBOLS = ("ACME", "BOLT", "CRUX", "DYNE", "ECHO")

CHAT = (
    ("ana", "is the blue one back in stock?", "noor", "yes, 14 left in Gdańsk"),
    ("ana", "please keep two for me", "noor", "done, they are yours until Friday"),
    ("ana", "and the price?", "jun", "12.50 each, same as last week"),
    ("ana", "great, thanks 👍", "noor", "you are welcome"),
    ("ana", "one more: can I collect them?", "jun", "from 9 to 17 at the north gate"),
)
"""What the client says, and who answers what."""


def seeded(name: str) -> random.Random:
    """A generator of its own for each use, so that one scenario's draws do not shift another's."""
    return random.Random(name)  # noqa: S311  made-up data, not a secret


def to_json(**fields: object) -> str:
    """One compact JSON object, as most services send it."""
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def ticks(name: str) -> Iterator[str]:
    """An endless price feed."""
    rng = seeded(name)
    prices = {symbol: rng.randint(900, 40_000) for symbol in SYMBOLS}
    number = 0
    while True:
        number += 1
        symbol = rng.choice(SYMBOLS)
        prices[symbol] = max(100, prices[symbol] + rng.randint(-40, 42))
        yield to_json(type="tick", n=number, symbol=symbol, price=_money(prices[symbol]), volume=rng.randint(1, 900))


def books(name: str, depth: int = 20) -> Iterator[str]:
    """Endless order books: repetitive, so that compression shows what it is good for."""
    rng = seeded(name)
    middle, number = 12_500, 0
    while True:
        number += 1
        middle += rng.randint(-15, 15)
        bids = [{"price": _money(middle - 5 * n), "qty": rng.randint(1, 60)} for n in range(1, depth)]
        asks = [{"price": _money(middle + 5 * n), "qty": rng.randint(1, 60)} for n in range(1, depth)]
        yield to_json(type="book", n=number, symbol="ACME", bids=bids, asks=asks)


def readings(name: str) -> Iterator[str]:
    """Endless readings of a cold store."""
    rng = seeded(name)
    number = 0
    while True:
        number += 1
        celsius = round(-18 + rng.random(), 2)
        yield to_json(type="reading", n=number, sensor="cold-store-3", celsius=celsius, door="closed")


def photo(size: int) -> str:
    """An upload whose picture is ``size`` bytes before base64."""
    data = base64.b64encode(seeded("photo").randbytes(size)).decode()
    return to_json(type="photo", name="IMG_0231.jpg", data=data)


def report(lines: int) -> Iterator[str]:
    """A CSV report in parts, to be sent as the fragments of one message."""
    rng = seeded("report")
    yield "day,orders,revenue\n"
    for day in range(1, lines + 1):
        yield f"2026-10-{day:02},{rng.randint(80, 240)},{_money(rng.randint(90_000, 400_000))}\n"


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
