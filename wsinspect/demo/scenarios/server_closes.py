"""Closes that the server decides on."""

from __future__ import annotations

import json
from decimal import Decimal

from websockets.asyncio.server import ServerConnection

from wsinspect.demo import content
from wsinspect.demo.content import to_json
from wsinspect.demo.routes import Keepalive
from wsinspect.demo.stage import Stage, read_to_end


async def crash(stage: Stage) -> None:
    """An order without a quantity makes the server's handler raise; the library closes 1011 and gives no reason."""
    async with stage.connect("/orders") as shop:
        await shop.send(to_json(type="subscribe", channel="orders", id=17))
        await shop.recv()
        await stage.pause(1.3)
        await shop.send(to_json(type="place", order={"sku": "A-113", "qty": None, "price": "12.50"}))
        await read_to_end(shop)


async def serve_orders(connection: ServerConnection, stage: Stage) -> None:
    """Take orders, and trust that each names a quantity: that is the bug."""
    async for text in connection:
        message = json.loads(text)
        if message["type"] == "subscribe":
            await connection.send(to_json(type="subscribed", id=message["id"]))
            await stage.pause(0.5)
            await connection.ping(b"az\x01\x9c")
        else:
            await stage.pause(0.04)
            order = message["order"]
            total = order["qty"] * Decimal(order["price"])
            await connection.send(to_json(type="accepted", total=str(total)))


async def restart(stage: Stage) -> None:
    """The server is about to be replaced by a new release and asks its clients to come back: 1012."""
    async with stage.connect("/scores?match=88", user_agent="scoreboard/3.0") as board:
        await read_to_end(board)


async def serve_scores(connection: ServerConnection, stage: Stage) -> None:
    """A few goals, then the restart."""
    for minute, home, away in ((12, 1, 0), (31, 1, 1), (58, 2, 1)):
        await connection.send(to_json(type="score", match=88, minute=minute, home=home, away=away))
        await stage.pause(0.5)
    await connection.close(1012, "restarting for release 2.4.1")


async def too_big(stage: Stage) -> None:
    """A photo larger than the server's limit for one message: the library closes 1009 before it has read it all."""
    async with stage.connect("/upload", user_agent="camera-app/5.5") as camera:
        await camera.send(content.photo(600))
        await camera.recv()
        await stage.pause(0.7)
        await camera.send(content.photo(48_000))
        await read_to_end(camera)


async def serve_upload(connection: ServerConnection, stage: Stage) -> None:
    """Store what comes; the limit is the server's ``max_size``."""
    async for text in connection:
        photo = json.loads(text)
        await stage.pause(0.1)
        await connection.send(to_json(type="stored", name=photo["name"], characters=len(photo["data"])))


async def policy(stage: Stage) -> None:
    """A viewer asks for a channel that its role may not read: 1008, with the rule as the reason."""
    async with stage.connect("/alerts") as page:
        await page.send(to_json(type="subscribe", channel="alerts/public"))
        await page.recv()
        await stage.pause(0.6)
        await page.send(to_json(type="subscribe", channel="admin/audit"))
        await read_to_end(page)


async def serve_alerts(connection: ServerConnection, stage: Stage) -> None:
    """Public channels only."""
    async for text in connection:
        channel = json.loads(text)["channel"]
        if channel.startswith("admin/"):
            await connection.close(1008, f"role viewer may not read {channel}")
            return
        await connection.send(to_json(type="subscribed", channel=channel))


async def unsupported(stage: Stage) -> None:
    """A device sends binary readings to a server that takes JSON text only: 1003."""
    async with stage.connect("/telemetry", user_agent="probe/0.9") as probe:
        await probe.send(next(content.readings("probe")))
        await probe.recv()
        await stage.pause(0.6)
        await probe.send(bytes.fromhex("0a0c636f6c642d73746f72652d3311cdcccccccc8c32c0"))
        await read_to_end(probe)


async def serve_telemetry(connection: ServerConnection, stage: Stage) -> None:
    """Text only."""
    async for message in connection:
        if isinstance(message, bytes):
            await connection.close(1003, "send JSON text, not binary")
            return
        await connection.send(to_json(type="ok", n=json.loads(message)["n"]))


async def application(stage: Stage) -> None:
    """A room is deleted while somebody is in it; 4102 means that in this service and nothing anywhere else."""
    async with stage.connect("/rooms/12", user_agent="chat-app/8.1", subprotocol="chat.v2") as app:
        await app.send(to_json(type="join", room=12, name="ana"))
        await read_to_end(app)


async def serve_room(connection: ServerConnection, stage: Stage) -> None:
    """Let the client in, then delete the room."""
    join = json.loads(await connection.recv())
    await connection.send(to_json(type="joined", room=join["room"], members=["noor", join["name"]]))
    await stage.pause(0.8)
    await connection.send(to_json(type="notice", text="noor deleted this room"))
    await connection.close(4102, "room deleted by its owner")


async def vendor(stage: Stage) -> None:
    """A GraphQL client subscribes before it has said connection_init, which graphql-transport-ws answers with 4401."""
    async with stage.connect("/graphql", subprotocol="graphql-transport-ws") as page:
        query = "subscription { orderPlaced { id total } }"
        await page.send(to_json(id="1", type="subscribe", payload={"query": query}))
        await read_to_end(page)


async def serve_graphql(connection: ServerConnection, stage: Stage) -> None:
    """Acknowledge a connection_init; anything else before it is not allowed."""
    is_acknowledged = False
    async for text in connection:
        message = json.loads(text)
        if message["type"] == "connection_init":
            is_acknowledged = True
            await connection.send(to_json(type="connection_ack"))
        elif not is_acknowledged:
            await connection.close(4401, "Unauthorized")
            return
        else:
            await connection.send(to_json(id=message["id"], type="complete"))


async def unauthorized(stage: Stage) -> None:
    """The login has expired; the server closes 3000, the registered code for it."""
    async with stage.connect("/account") as page:
        await page.send(to_json(type="resume", session=2207, user="ana"))
        await read_to_end(page)


async def serve_account(connection: ServerConnection, stage: Stage) -> None:
    """Every login is too old."""
    resume = json.loads(await connection.recv())
    await stage.pause(0.2)
    await connection.close(3000, f"session {resume['session']} has expired")


async def overload(stage: Stage) -> None:
    """The export service works on one job at a time; a second client is sent away with 1013."""
    async with stage.connect("/exports?job=41", user_agent="backoffice/2.0") as first:
        await first.send(to_json(type="start", job=41))
        await first.recv()
        async with stage.connect("/exports?job=42", user_agent="backoffice/2.0") as second:
            await second.send(to_json(type="start", job=42))
            await read_to_end(second)
        await first.recv()
        await first.close(1000)


class Exports:
    """A service with room for one client."""

    def __init__(self) -> None:
        self._is_busy = False

    async def serve(self, connection: ServerConnection, stage: Stage) -> None:
        """Do the job, or say that there is no room for it."""
        job = json.loads(await connection.recv())["job"]
        if self._is_busy:
            await connection.close(1013, "1 of 1 workers busy, try again in 30 s")
            return
        self._is_busy = True
        try:
            await connection.send(to_json(type="started", job=job))
            await stage.pause(1.5)
            await connection.send(to_json(type="finished", job=job, rows=18_204))
            await connection.wait_closed()
        finally:
            self._is_busy = False


PATIENCE = Keepalive(interval=1.5, timeout=1.5, close_timeout=1.5)


async def silent_client(stage: Stage) -> None:
    """A frozen page answers no ping; the server's keepalive gives up with 1011, and nobody answers that either."""
    page = await stage.raw("/presence", user_agent="shop-web/4.2")
    try:
        await page.send(to_json(type="here", user="ana"))
        await page.read_to_end()
    finally:
        page.leave()


async def serve_presence(connection: ServerConnection, stage: Stage) -> None:
    """Tell who is here; the pings are the library's own keepalive."""
    await connection.recv()
    await connection.send(to_json(type="present", users=["ana", "jun", "noor"]))
    await connection.wait_closed()


async def worker_dies(stage: Stage) -> None:
    """The server's process is killed at work: TCP ends with no close frame, and the client is told 1006."""
    async with stage.connect("/jobs/881", user_agent="backoffice/2.0") as page:
        await page.send(to_json(type="watch", job=881))
        await read_to_end(page)


async def serve_job(connection: ServerConnection, stage: Stage) -> None:
    """Report progress, then die as a process does: the kernel closes the socket."""
    await connection.recv()
    for percent in (12, 38, 61):
        await connection.send(to_json(type="progress", job=881, percent=percent))
        await stage.pause(0.4)
    connection.transport.abort()
