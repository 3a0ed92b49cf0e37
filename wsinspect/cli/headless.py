"""Prints a session while it is recorded: what was committed, in order, and nothing from memory.

The capture is another process and does not wait for us; we do not wait for whoever reads our output either, except
with printing. Rows are taken in windows, so that a session of any size needs the same memory.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import click

from wsinspect import text
from wsinspect.cli.output import Output
from wsinspect.model import Connection, EventKind, Payload, Row, RowKind, State
from wsinspect.report import lines, records
from wsinspect.session.reader import Reader

POLL_S = 0.05
"""Seconds between two looks at the file."""
WINDOW = 500
"""Rows, or connections, taken at a time."""
CONTENT_LIMIT = 1 << 20
"""Bytes of one message's content that are printed; the file holds the rest."""
CHUNK = 64 * 1024
"""Characters gathered before they are written, about."""
GRACE_S = 2.0
"""Seconds that the rest may take to be written once the capture has ended."""


async def follow(path: Path, *, as_json: bool, stop: asyncio.Event, end_capture: Callable[[], Awaitable[None]]) -> None:
    """Print what is recorded until the recording ends.

    Args:
        path: The session file; it exists already.
        as_json: Print records for programs instead of lines for people.
        stop: Set to end the recording: the file is let go of, so that the writer can finish it.
        end_capture: Ends the recording and returns when the file is complete. Also called when the recording ended
            by itself or nobody reads the output any more.

    Raises:
        SessionFileError: The file is not a session.
    """
    output = Output()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    printer = Printer(as_json=as_json, width=width)
    await _print_until(stop, path, printer, output)
    await end_capture()
    if not output.is_gone:
        await _print_rest(path, printer, output)


async def _print_until(stop: asyncio.Event, path: Path, printer: Printer, output: Output) -> None:
    reader = Reader(path)
    stopping: asyncio.Future[bool] = asyncio.ensure_future(stop.wait())
    try:
        has_ended = False
        while not (has_ended or stop.is_set() or output.is_gone):
            if not reader.changed():
                await asyncio.wait({stopping}, timeout=POLL_S)
                continue
            has_ended = reader.info().stopped_ns is not None
            for chunk in printer.news(reader):
                await asyncio.wait({stopping, output.write(chunk)}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set() or output.is_gone:
                    return
    finally:
        stopping.cancel()
        reader.close()


async def _print_rest(path: Path, printer: Printer, output: Output) -> None:
    """What came with the end of the recording; a reader of our output that reads no more is not waited for."""
    reader = Reader(path)
    try:
        for chunk in printer.news(reader):
            done, _ = await asyncio.wait({output.write(chunk)}, timeout=GRACE_S)
            if not done or output.is_gone:
                return
    finally:
        reader.close()


class Printer:
    """Remembers what was printed of a session, and makes lines of what is new."""

    def __init__(self, *, as_json: bool, width: int | None) -> None:
        """Begin at the beginning.

        Args:
            as_json: Records instead of lines for people.
            width: Terminal cells to cut rows for people to; None leaves them whole.
        """
        self._as_json = as_json
        self._width = width
        self._known = 0
        """Connections seen in the file."""
        self._rows = 0
        """Rows printed, of all connections."""
        self._silent: set[int] = set()
        """Connections seen and not printed yet: their upgrade is not answered."""
        self._printed: dict[int, int] = {}
        """Last row printed of each connection that is printed and not closed."""
        self._ending: set[int] = set()
        """Of these, those that have ended or of which a leg has."""
        self._date = ""
        self._notice = ""

    def news(self, reader: Reader) -> Iterator[str]:
        """Text for everything that was committed since the last call, in chunks of whole lines.

        It need not be read to its end: the next call goes on where the last chunk ended.
        """
        self._narrate(reader.info().notice)
        chunk: list[str] = []
        size = 0
        has_more = True
        while has_more:
            chunk += self._new_connections(reader)
            rows = reader.all_rows(self._rows + 1, WINDOW)
            for row in rows:
                said = self._row(reader, row)
                chunk += said
                size += sum(map(len, said))
                if size >= CHUNK:
                    yield "".join(chunk)
                    chunk, size = [], 0
            chunk += self._new_closes(reader)
            has_more = len(rows) == WINDOW
            if chunk:
                yield "".join(chunk)
                chunk, size = [], 0

    def _narrate(self, notice: str) -> None:
        if notice != self._notice:
            self._notice = notice
            if notice:
                click.echo(f"wsinspect: {text.visible(notice)}", err=True)

    def _new_connections(self, reader: Reader) -> list[str]:
        """Those whose upgrade is answered since the last look."""
        while found := reader.connections(self._known + 1, WINDOW):
            self._known = found[-1].id
            self._silent.update(connection.id for connection in found)
        said: list[str] = []
        for number in sorted(self._silent):
            connection = reader.connection(number)
            if connection is not None and connection.state is not State.CONNECTING:
                said += self._opened(connection)
        return said

    def _opened(self, connection: Connection) -> list[str]:
        self._silent.discard(connection.id)
        self._printed[connection.id] = 0
        if connection.closed_ns is not None or connection.upgraded_ns is None:
            self._ending.add(connection.id)
        if self._as_json:
            return [records.to_line(records.connection_json(connection)) + "\n"]
        return self._dated(connection.opened_ns, lines.connection_line(connection))

    def _row(self, reader: Reader, row: Row) -> list[str]:
        said: list[str] = []
        if row.connection and row.connection not in self._printed:
            said += self._new_connections(reader)
            connection = reader.connection(row.connection) if row.connection in self._silent else None
            if connection is not None:
                said += self._opened(connection)
        if row.connection:
            self._printed[row.connection] = row.number
        if row.event is not None and row.event.kind is EventKind.END:
            self._ending.add(row.connection)
        self._rows += 1
        if self._as_json:
            return [*said, records.to_line(records.row_json(row, _payload(reader, row))) + "\n"]
        return said + self._dated(row.at_ns, lines.row_line(row, self._width))

    def _new_closes(self, reader: Reader) -> list[str]:
        """Connections that are over, and of which every row is printed."""
        said: list[str] = []
        for number in sorted(self._ending):
            connection = reader.connection(number)
            if connection is None or connection.closed_ns is None or self._printed[number] < connection.rows:
                continue
            self._ending.discard(number)
            del self._printed[number]
            story = reader.close_story(number)
            if story is None:
                continue
            if self._as_json:
                said.append(records.to_line(records.close_json(story)) + "\n")
            else:
                said += self._dated(connection.closed_ns, lines.close_line(story))
        return said

    def _dated(self, at_ns: int, line: str) -> list[str]:
        """The line, after the date if that is another one than before."""
        date, self._date = self._date, lines.date_line(at_ns)
        return [line + "\n"] if date == self._date else [self._date + "\n", line + "\n"]


def _payload(reader: Reader, row: Row) -> Payload | None:
    """The row's content, read only when the row does not carry all of it already."""
    size = row.size if row.inflated_size is None else row.inflated_size
    if row.kind is RowKind.EVENT or len(row.head) == size:
        return None
    return reader.payload(row.connection, row.number, CONTENT_LIMIT)
