"""Which rows the list of messages holds, as one value. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wsinspect.filters import Expression
from wsinspect.filters.expression import All, Either, Not, OnConnection, Order


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of one connection, of some or of all; those that a filter takes, without the kinds that are hidden."""

    connection: int | None = None
    """Whose rows; None: those of several, in the order they came."""
    merged: tuple[int, ...] = ()
    """Whose, where they are those of several; empty: of all."""
    filter: Expression | None = None
    """What the user typed."""
    hidden: tuple[Expression, ...] = ()
    """Kinds of messages that are left out."""
    folds: bool = False
    """Whether rows that say again what was said just before are folded into one."""

    @property
    def expression(self) -> Expression | None:
        """All that a row has to be, as one filter; None where every row will do."""
        parts: list[Expression] = []
        if self.connection is None and self.merged:
            parts.append(_either([OnConnection(Order.EQUAL, number) for number in self.merged]))
        if self.filter is not None:
            parts.append(self.filter)
        parts += [Not(one) for one in self.hidden]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def finding(self, sought: Expression) -> Listed:
        """Those of its rows that a search takes, folded or not."""
        taken = sought if self.filter is None else All((self.filter, sought))
        return replace(self, filter=taken, folds=False)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the connection, or of all, is a row of the list."""
        return self.expression is None and not self.folds

    @property
    def is_narrowed(self) -> bool:
        """Whether rows are left out on the user's word, beyond the choice of connections."""
        return self.filter is not None or bool(self.hidden) or self.folds


def _either(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else Either(tuple(parts))
