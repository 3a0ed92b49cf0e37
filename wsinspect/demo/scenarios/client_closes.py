"""Closes that the client decides on, or brings about by breaking a rule."""

from __future__ import annotations

import json

from websockets.asyncio.server import ServerConnection

from wsinspect.demo import content
from wsinspect.demo.content import to_json
from wsinspect.demo.stage import Stage


async def normal(stage: Stage) -> None:
    """A report arrives as one message in many fragments, and the client closes 1000 because it has what it wanted."""
    async with stage.connect("/reports/october", user_agent="backoffice/2.0") as office:
        await office.send(to_json(type="get", report="october"))
        await office.recv()
        await stage.pause(0.4)
        await office.close(1000, "report received")


async def serve_report(connection: ServerConnection, stage: Stage) -> None:
    """Send each line as it is computed: one message, a fragment per line."""
    await connection.recv()
    await connection.send(content.report(12))
    await connection.wait_closed()


async def going_away(stage: Stage) -> None:
    """Somebody looks at a dashboard for a moment and closes the tab; browsers then say 1001."""
    async with stage.connect("/dashboard") as page:
        await page.send(to_json(type="open", board="sales"))
        await page.recv()
        await stage.pause(1.0)
        await page.close(1001)


async def serve_dashboard(connection: ServerConnection, stage: Stage) -> None:
    """One board."""
    board = json.loads(await connection.recv())["board"]
    await connection.send(to_json(type="board", name=board, orders=128, revenue="3184.20"))
    await connection.wait_closed()


async def mandatory_extension(stage: Stage) -> None:
    """The client cannot work without an extension it offered; the server's 101 does not name it, so 1010."""
    extension = "x-delta"
    async with stage.connect("/sync", user_agent="field-app/6.2", offer=f"{extension}; version=2") as app:
        accepted = app.response.headers.get("Sec-WebSocket-Extensions", "") if app.response else ""
        if extension not in accepted:
            await stage.pause(0.2)
            await app.close(1010, extension)


async def no_status(stage: Stage) -> None:
    """A page calls ``socket.close()`` without a code: the close frame is empty, and both sides are told 1005."""
    page = await stage.raw("/notes", user_agent="notes-web/1.1")
    try:
        await page.send(to_json(type="note", text="buy stamps"))
        await stage.pause(0.6)
        await page.close_without_code()
        await page.read_to_end()
    finally:
        page.leave()


async def serve_quietly(connection: ServerConnection, stage: Stage) -> None:
    """Confirm every message and judge none; what breaks a rule is the library's to find."""
    count = 0
    async for _ in connection:
        count += 1
        await connection.send(to_json(type="ok", n=count))


async def bad_utf8(stage: Stage) -> None:
    """An old logger sends Latin-1 in a text message; the server finds that it is not UTF-8 and closes 1007."""
    logger = await stage.raw("/logs", user_agent="syslog-bridge/1.2")
    try:
        await logger.send(to_json(level="info", text="shipment 301 packed"))
        await stage.pause(0.6)
        await logger.send(to_json(level="info", text="shipment 302 to Malmö, dock 4").encode("latin-1"))
        await logger.read_to_end()
    finally:
        logger.leave()


async def protocol_error(stage: Stage) -> None:
    """Home-made firmware forgets to mask a frame; clients must mask, so the server closes 1002."""
    sensor = await stage.raw("/sensors/3", user_agent="esp-sensor/0.3")
    readings = content.readings("sensor")
    try:
        await sensor.send(next(readings))
        await stage.pause(0.6)
        await sensor.send(next(readings), is_masked=False)
        await sensor.read_to_end()
    finally:
        sensor.leave()


async def power_cut(stage: Stage) -> None:
    """A tracker loses power in the middle of its work; its side of TCP ends with an RST and no close frame."""
    tracker = await stage.raw("/trackers/19", user_agent="tracker/2.2")
    try:
        for number, place in enumerate(("51.1079,17.0385", "51.1101,17.0320", "51.1130,17.0277"), start=1):
            await tracker.send(to_json(type="position", n=number, at=place))
            await stage.pause(0.4)
    finally:
        tracker.reset()
