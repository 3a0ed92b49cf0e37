"""A report as Jira's wiki markup (Jira Server and Data Center, and the text mode of Jira Cloud).

What a peer chose stands in ``{noformat}`` blocks, or inline with every character that could act written as an HTML
entity, which Jira shows as the character and does not read as markup, mention, issue key or link.

Source: Jira's "Text Formatting Notation Help".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wsinspect.redact import PLACEHOLDER
from wsinspect.report.document import (
    Block,
    Bullets,
    Facts,
    Fold,
    Heading,
    Kind,
    Lines,
    Paragraph,
    Said,
    Section,
    Span,
    Table,
)


def render(sections: Iterable[Section]) -> str:
    """The report, ending with a line feed."""
    blocks = [block for section in sections for block in section.blocks]
    return "\n\n".join(map(_block, blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"h{block.level + 1}. {inline(block.said)}"
        case Paragraph():
            return inline(block.said)
        case Facts():
            return "\n".join(f"* *{plain(name)}:* {inline(said)}" for name, said in block.facts)
        case Bullets():
            return "\n".join(f"* {inline(said)}" for said in block.items)
        case Table():
            return "\n".join(_table(block))
        case Lines():
            return "\n".join(("{noformat}", *map(_kept, block.lines), "{noformat}"))
        case Fold():
            # There is no folding in this markup: a smaller title is all that it has.
            return "\n\n".join((f"h5. {plain(block.title)}", *map(_block, block.blocks)))


def _table(table: Table) -> Iterator[str]:
    yield f"||{'||'.join(plain(head) or ' ' for head in table.heads)}||"
    for row in table.rows:
        yield f"|{'|'.join(inline(cell) or ' ' for cell in row)}|"


_ENDS_BLOCK = re.compile(r"\{(?=\s*noformat)|(?<=\[)~", re.I)


def _kept(line: str) -> str:
    """A line inside of ``{noformat}``: nothing acts there but its end, and mentions, which notify all the same."""
    return _ENDS_BLOCK.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def inline(said: Said) -> str:
    """A line of spans."""
    return "".join(map(_span, said))


def _span(span: Span) -> str:
    match span.kind:
        case Kind.OWN:
            return plain(span.text)
        case Kind.STRONG:
            return f"*{plain(span.text)}*"
        case Kind.PEER:
            return f"{{{{{encoded(span.text)}}}}}" if span.text else "(empty)"
        case Kind.MIXED:
            return encoded(span.text)


_ACTIVE = re.compile(r"[{}\[\]*_^~|\\&<>@+#!]|(?<=[A-Z])-(?=[0-9])|(?<=\?)\?|:(?=[/()])|-(?=-)|(?<=-)-|(?<= )-(?=\S)")


def plain(said: str) -> str:
    """Our own words."""
    return _ACTIVE.sub(_entity, said)


_NOT_HARMLESS = re.compile(r"[^\w ,;'\"%=$.]|_|(?<=www)\.|(?<= ) ", re.I)
_OUTER_SPACE = re.compile(r"\A | \Z")


def encoded(said: str) -> str:
    """Text from outside, in which nothing acts; placeholders of secrets stay readable."""
    parts = PLACEHOLDER.split(said)  # every second one is what a placeholder says
    pieces = (f"«{part}»" if at % 2 else _NOT_HARMLESS.sub(_foreign, part) for at, part in enumerate(parts))
    return _OUTER_SPACE.sub(_entity, "".join(pieces))


def _foreign(match: re.Match[str]) -> str:
    return match[0] if ord(match[0]) > 127 else _entity(match)


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
