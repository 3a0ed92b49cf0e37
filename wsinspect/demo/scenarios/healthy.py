"""Connections that are well: they run for the whole round and end as they should."""

from __future__ import annotations

import json
from itertools import cycle

from websockets.asyncio.server import ServerConnection

from wsinspect.demo import content
from wsinspect.demo.content import to_json
from wsinspect.demo.stage import Stage, read_to_end


async def feed(stage: Stage) -> None:
    """A page shows prices all along; at last its tab is closed, and the browser says 1001."""
    async with stage.connect("/feed") as page:
        await page.send(to_json(type="subscribe", channel="prices", id=1))
        await stage.listen(page)
        await page.close(1001)


async def serve_feed(connection: ServerConnection, stage: Stage) -> None:
    """Tick without end, sometimes calm and sometimes busy."""
    rng = content.seeded("feed pauses")
    subscribe = json.loads(await connection.recv())
    await connection.send(to_json(type="subscribed", id=subscribe["id"]))
    for number, tick in enumerate(content.ticks("feed")):
        await connection.send(tick)
        busy = number // 40 % 3 == 1
        await stage.pause(rng.uniform(0.02, 0.12) if busy else rng.uniform(0.15, 0.5))


async def chat(stage: Stage) -> None:
    """Two people talk, both ends ping, and the client leaves with 1000 and a word."""
    async with stage.connect("/chat?room=7", user_agent="chat-app/8.1", subprotocol="chat.v2") as app:
        await app.send(to_json(type="join", room=7, name="ana"))
        await app.recv()
        for number, (name, text, _, _) in enumerate(cycle(content.CHAT)):
            if stage.curtain.is_set():
                break
            await app.send(to_json(type="say", **{"from": name}, text=text))
            await app.recv()
            if number % 2:
                await (await app.ping(b"app %d" % number))
            await stage.pause(1.7)
        await app.close(1000, "bye")


async def serve_chat(connection: ServerConnection, stage: Stage) -> None:
    """Answer each line as the other people in the room, and see every now and then whether the client is there."""
    join = json.loads(await connection.recv())
    await connection.send(to_json(type="joined", room=join["room"], members=["noor", "jun", join["name"]]))
    for number, (_, _, name, answer) in enumerate(cycle(content.CHAT)):
        await connection.recv()
        await stage.pause(0.6)
        await connection.send(to_json(type="say", **{"from": name}, text=answer))
        if number % 3 == 0:
            await connection.ping(b"room 7 %d" % number)


async def depth(stage: Stage) -> None:
    """Order books, compressed with permessage-deflate; at last the server goes down for maintenance and says 1001."""
    async with stage.connect("/depth?symbol=ACME", user_agent="terminal/1.9", is_compressed=True) as terminal:
        await terminal.send(to_json(type="subscribe", symbol="ACME", levels=20))
        await read_to_end(terminal)


async def serve_depth(connection: ServerConnection, stage: Stage) -> None:
    """Send books until the round is over."""
    curtain = stage.curtain
    await connection.recv()
    for book in content.books("depth"):
        if curtain.is_set():
            break
        await connection.send(book)
        await stage.pause(0.8)
    await connection.close(1001, "maintenance, back at 02:00 UTC")
