"""The table of keys: every key works where the table says, and means one thing there."""

from __future__ import annotations

from collections import Counter

import pytest

from wsinspect.ui.actions import ACTIONS, Scope, by_id, of_scope
from wsinspect.ui.app import WsInspectApp
from wsinspect.ui.screens.ask import Ask
from wsinspect.ui.screens.confirm import Confirm
from wsinspect.ui.screens.copy_menu import CopyMenu
from wsinspect.ui.screens.explain import ExplainScreen
from wsinspect.ui.screens.handshake import HandshakeScreen
from wsinspect.ui.screens.help import Help
from wsinspect.ui.screens.main import MainScreen
from wsinspect.ui.screens.menu import Menu
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.screens.note import NoteScreen
from wsinspect.ui.screens.report import ReportScreen
from wsinspect.ui.screens.start import StartScreen
from wsinspect.ui.screens.timeline import TimelineScreen
from wsinspect.ui.widgets.close_panel import CloseBody
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.fact_list import FactList
from wsinspect.ui.widgets.filter_field import FilterField
from wsinspect.ui.widgets.line_view import LineView
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.play_deck import MainDeck, PlayDeck
from wsinspect.ui.widgets.redaction_list import RedactionList
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.session_list import SessionList

CARRIERS: dict[Scope, type] = {
    Scope.LIST: RowList,
    Scope.CONNECTIONS: ConnectionList,
    Scope.MESSAGES: MessageList,
    Scope.CLOSE: CloseBody,
    Scope.FACTS: FactList,
    Scope.FILTER: FilterField,
    Scope.MAIN: MainScreen,
    Scope.PLAY: PlayDeck,
    Scope.PLAY_MAIN: MainDeck,
    Scope.HANDSHAKE: HandshakeScreen,
    Scope.PAGE: LineView,
    Scope.MESSAGE: MessageScreen,
    Scope.REPORT: ReportScreen,
    Scope.REDACTIONS: RedactionList,
    Scope.COPY: CopyMenu,
    Scope.ASK: Ask,
    Scope.NOTE: NoteScreen,
    Scope.CHOICE: Menu,
    Scope.QUESTION: Confirm,
    Scope.EXPLAIN: ExplainScreen,
    Scope.MENU: StartScreen,
    Scope.START: StartScreen,
    Scope.SESSIONS: SessionList,
    Scope.TIMELINE: TimelineScreen,
    Scope.HELP: Help,
    Scope.APP: WsInspectApp,
}

TOGETHER = [
    (Scope.CONNECTIONS, Scope.LIST, Scope.PLAY, Scope.PLAY_MAIN, Scope.MAIN, Scope.APP),
    (Scope.MESSAGES, Scope.LIST, Scope.PLAY, Scope.PLAY_MAIN, Scope.MAIN, Scope.APP),
    (Scope.FILTER,),
    (Scope.CLOSE, Scope.PLAY, Scope.PLAY_MAIN, Scope.MAIN, Scope.APP),
    (Scope.FACTS, Scope.PLAY, Scope.PLAY_MAIN, Scope.MAIN, Scope.APP),
    (Scope.REDACTIONS, Scope.REPORT, Scope.APP),
    (Scope.COPY,),
    (Scope.MESSAGE, Scope.PAGE, Scope.APP),
    (Scope.HANDSHAKE, Scope.PAGE, Scope.APP),
    (Scope.ASK, Scope.NOTE),
    (Scope.CHOICE,),
    (Scope.QUESTION,),
    (Scope.EXPLAIN,),
    (Scope.SESSIONS, Scope.LIST, Scope.START, Scope.MENU, Scope.APP),
    (Scope.LIST, Scope.PLAY, Scope.TIMELINE, Scope.APP),
    (Scope.HELP,),
]
"""Scopes whose keys work at the same time."""


def test_every_scope_has_a_carrier() -> None:
    assert set(CARRIERS) == set(Scope)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_exists(action: object) -> None:
    one = by_id(getattr(action, "id", ""))
    assert one is not None
    namespace, _, name = one.run.partition("(")[0].rpartition(".")
    carriers: dict[str, type] = {"": CARRIERS[one.scope], "app": WsInspectApp, "screen": MainScreen}
    assert callable(getattr(carriers[namespace], f"action_{name}"))


@pytest.mark.parametrize("scopes", TOGETHER, ids=lambda scopes: scopes[0].name)
def test_a_key_means_one_thing(scopes: tuple[Scope, ...]) -> None:
    keys = Counter(key for scope in scopes for action in of_scope(scope) for key in action.keys.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
