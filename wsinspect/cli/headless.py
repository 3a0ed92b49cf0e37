"""Prints a session while it is recorded: what was committed, in order, and nothing from memory.

The capture is another process and does not wait for us; we do not wait for whoever reads our output either, except
with printing. Rows are taken in windows, so that a session of any size needs the same memory.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections import deque
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
        """Text for everything that was committed since the last call, in order of time, in chunks of whole lines.

        It need not be read to its end: the next call goes on where the last chunk ended.
        """
        self._narrate(reader.info().notice)
        chunk: list[str] = []
        size = 0
        has_more = True
        while has_more:
            opened = self._answered(reader)
            rows = reader.all_rows(self._rows + 1, WINDOW)
            has_more = len(rows) == WINDOW
            for row in rows:
                said = self._row(reader, row, opened)
                chunk += said
                size += sum(map(len, said))
                if size >= CHUNK:
                    yield "".join(chunk)
                    chunk, size = [], 0
            if not has_more:
                while opened:
                    chunk += self._opened(opened.popleft())
            for number in sorted(self._ending):
                chunk += self._closed(reader, number)
            if chunk:
                yield "".join(chunk)
                chunk, size = [], 0

    def _narrate(self, notice: str) -> None:
        if notice != self._notice:
            self._notice = notice
            if notice:
                click.echo(f"wsinspect: {text.visible(notice)}", err=True)

    def _look(self, reader: Reader) -> None:
        """Learn of connections that were not there before."""
        while found := reader.connections(self._known + 1, WINDOW):
            self._known = found[-1].id
            self._silent.update(connection.id for connection in found)

    def _answered(self, reader: Reader) -> deque[Connection]:
        """Connections whose upgrade is answered and which are not printed yet, in order of their opening."""
        self._look(reader)
        known = (reader.connection(number) for number in sorted(self._silent))
        return deque(found for found in known if found is not None and found.state is not State.CONNECTING)

    def _opened(self, connection: Connection) -> list[str]:
        self._silent.discard(connection.id)
        self._printed[connection.id] = 0
        if connection.closed_ns is not None or connection.upgraded_ns is None:
            self._ending.add(connection.id)
        if self._as_json:
            return [records.to_line(records.connection_json(connection)) + "\n"]
        return self._dated(connection.opened_ns, lines.connection_line(connection))

    def _row(self, reader: Reader, row: Row, opened: deque[Connection]) -> list[str]:
        """The row, after the openings that came before it and with the close that it completes."""
        said: list[str] = []
        while opened and opened[0].opened_ns <= row.at_ns:
            said += self._opened(opened.popleft())
        if row.connection:
            if row.connection not in self._printed:
                said += self._opened_by_row(reader, row, opened)
            self._printed[row.connection] = row.number
        self._rows += 1
        if self._as_json:
            said.append(records.to_line(records.row_json(row, _payload(reader, row))) + "\n")
        else:
            said += self._dated(row.at_ns, lines.row_line(row, self._width))
        if row.event is not None and row.event.kind is EventKind.END:
            self._ending.add(row.connection)
            said += self._closed(reader, row.connection)
        return said

    def _opened_by_row(self, reader: Reader, row: Row, opened: deque[Connection]) -> list[str]:
        """The opening of a connection that has a row before its upgrade is answered, or that is newer than our look."""
        self._look(reader)
        for connection in [*opened]:
            if connection.id == row.connection:
                opened.remove(connection)
        found = reader.connection(row.connection)
        return [] if found is None else self._opened(found)

    def _closed(self, reader: Reader, number: int) -> list[str]:
        """The close of a connection, if it is over and every row of it is printed."""
        connection = reader.connection(number)
        if connection is None or connection.closed_ns is None or self._printed[number] < connection.rows:
            return []
        self._ending.discard(number)
        del self._printed[number]
        story = reader.close_story(number)
        if story is None:
            return []
        if self._as_json:
            return [records.to_line(records.close_json(story, reader.findings(number))) + "\n"]
        return self._dated(connection.closed_ns, lines.close_line(story))

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
