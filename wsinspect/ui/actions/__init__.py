"""Every key in one table: bindings, footer, help screen and command palette are generated from it.

A key has one meaning. A row stands here only when its action works; ``scope`` is the widget or screen that carries it.
The rows stand in a module for each part of the program.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType

from wsinspect.ui.actions.action import Action, Scope
from wsinspect.ui.actions.dialogs import DIALOGS
from wsinspect.ui.actions.everywhere import EVERYWHERE
from wsinspect.ui.actions.explain import EXPLAIN
from wsinspect.ui.actions.main import MAIN
from wsinspect.ui.actions.play import PLAY
from wsinspect.ui.actions.reading import READING
from wsinspect.ui.actions.report import REPORT
from wsinspect.ui.actions.start import START
from wsinspect.ui.actions.timeline import TIMELINE

__all__ = ["ACTIONS", "Action", "Scope", "bindings", "by_id", "of_scope"]

ACTIONS: tuple[Action, ...] = (
    *MAIN,
    *PLAY,
    *READING,
    *REPORT,
    *DIALOGS,
    *EXPLAIN,
    *START,
    *TIMELINE,
    *EVERYWHERE,
)


def bindings(scope: Scope) -> list[BindingType]:
    """The bindings a widget or screen of this scope carries."""
    return [
        Binding(
            action.keys,
            action.run,
            action.label,
            show=action.in_footer,
            key_display=action.shown,
            tooltip=action.help,
            id=action.id,
            group=action.group,
            priority=action.is_first,
        )
        for action in of_scope(scope)
    ]


def of_scope(scope: Scope) -> Iterator[Action]:
    """The actions of one scope, in the order of the table."""
    return (action for action in ACTIONS if action.scope is scope)


_BY_ID = {action.id: action for action in ACTIONS}


def by_id(name: str) -> Action | None:
    """The action with this id; None for a binding that is not ours."""
    return _BY_ID.get(name)
