"""Every key in one table: bindings, footer, help screen and command palette are generated from it.

A key has one meaning. A row stands here only when its action works; ``scope`` is the widget or screen that carries it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from textual.binding import Binding, BindingType


class Scope(Enum):
    """Where an action works; the value heads its part of the help screen."""

    LIST = "In a list"
    CONNECTIONS = "Connections"
    MESSAGES = "Messages"
    CLOSE = "Close"
    FACTS = "In this capture (Tab goes there from Close)"
    FILTER = "While a filter is typed"
    MAIN = "On the main screen"
    PLAY = "Playing a saved session"
    PLAY_MAIN = "Playing it on the main screen"
    HANDSHAKE = "In a handshake"
    PAGE = "In a long text"
    MESSAGE = "In a message"
    REPORT = "In the preview of a report"
    REDACTIONS = "In its list of secrets (Tab goes there)"
    COPY = "In the menu that copies a message"
    ASK = "In a field that asks"
    NOTE = "In the note on a row"
    CHOICE = "In a menu"
    QUESTION = "In a question"
    EXPLAIN = "In the explanation of codes"
    MENU = "On the start screen"
    START = "On the start screen, with the chosen session"
    SESSIONS = "In its list of sessions"
    TIMELINE = "On the timeline"
    HELP = "In this help"
    APP = "Everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do."""

    id: str
    """Stable name; also the id of its binding, so that a keymap can move it."""
    keys: str
    """Textual's names of the keys, separated by commas; the first is shown."""
    shown: str
    """The key as it is written on screen."""
    scope: Scope
    label: str
    """One or two words for the footer and the palette."""
    help: str
    """A sentence for the help screen, without a dot."""
    run: str
    """Textual's action: the method ``action_NAME`` of what carries the scope."""
    in_footer: bool = False
    is_first: bool = False
    """Whether it works before the widget in focus sees the key: where a field would take it for text."""
    group: Binding.Group | None = None


_RELATED = Binding.Group("Related", compact=True)
_HITS = Binding.Group("Hits", compact=True)
_MESSAGES = Binding.Group("Messages", compact=True)
_ZOOM = Binding.Group("Zoom", compact=True)
_PAN = Binding.Group("Pan", compact=True)
_AXIS = Binding.Group("Axis", compact=True)
_STEP = Binding.Group("Step", compact=True)
_MOMENT = Binding.Group("Close, mark", compact=True)
_PACE = Binding.Group("Speed", compact=True)

ACTIONS: tuple[Action, ...] = (
    Action("up", "up,k", "↑ k", Scope.LIST, "Up", "one row up", "move(-1)"),
    Action("down", "down,j", "↓ j", Scope.LIST, "Down", "one row down", "move(1)"),
    Action("page-up", "pageup,ctrl+u", "PgUp", Scope.LIST, "Page up", "one page up", "page(-1)"),
    Action("page-down", "pagedown,ctrl+d", "PgDn", Scope.LIST, "Page down", "one page down", "page(1)"),
    Action("first", "home,g", "Home g", Scope.LIST, "First", "to the first row", "first"),
    Action(
        "last", "end,G", "End G", Scope.LIST, "Last",
        "to the newest row, and follow it in Messages and on the timeline", "last",
    ),
    Action(
        "connection-open", "enter", "Enter", Scope.CONNECTIONS, "Messages",
        "go to the messages of the connection", "open", in_footer=True,
    ),
    Action("sort", "S", "S", Scope.CONNECTIONS, "Sort", "sort by another column, or turn the order round", "sort"),
    Action(
        "hide-closed", "minus", "-", Scope.CONNECTIONS, "Hide closed",
        "leave out the connections that are closed, or list them again", "hide_closed",
    ),
    Action(
        "select", "v", "v", Scope.CONNECTIONS, "Select",
        "select the connection, or not any more, and go on to the next; Ctrl and a click do it too", "select",
    ),
    Action("select-none", "V", "V", Scope.CONNECTIONS, "Select none", "select no connection any more", "select_none"),
    Action(
        "message-open", "enter", "Enter", Scope.MESSAGES, "Open",
        "the whole message: text, hex, frames, broken rules", "open", in_footer=True,
    ),
    Action(
        "close-zoom", "enter", "Enter", Scope.CLOSE, "Zoom",
        "the close explained on the whole screen, and back", "screen.zoom",
    ),
    Action(
        "message-copy", "y", "y", Scope.MESSAGES, "Copy",
        "copy the message: its payload, JSON laid out, hex, a websocat line", "copy_menu", in_footer=True,
    ),
    Action(
        "mark", "m", "m", Scope.MESSAGES, "Mark",
        "mark the row and note something on it, kept in the session file and shown in reports", "mark",
        in_footer=True,
    ),
    Action(
        "times", "T", "T", Scope.MESSAGES, "Times",
        "times as the clock, or as counted from the opening of the connection", "screen.switch_times",
    ),
    Action(
        "hit-next", "n", "n", Scope.MESSAGES, "Next hit", "to the next hit of the search", "hit(1)",
        in_footer=True, group=_HITS,
    ),
    Action(
        "hit-previous", "N", "N", Scope.MESSAGES, "Previous hit", "to the hit before", "hit(-1)",
        in_footer=True, group=_HITS,
    ),
    Action(
        "hide-kind", "H", "H", Scope.MESSAGES, "Hide kind",
        "hide messages of this kind: JSON by its type, others by theirs; remembered until shown again", "hide_kind",
    ),
    Action("hidden", "U", "U", Scope.MESSAGES, "Hidden", "the kinds that are hidden, to show them anew", "hidden_menu"),
    Action(
        "fold", "f", "f", Scope.MESSAGES, "Fold",
        "fold pings, heartbeats and messages that repeat into one row, or list each; remembered", "fold",
    ),
    Action(
        "unfold", "plus", "+", Scope.MESSAGES, "Unfold", "list what is folded into the row, or fold it again",
        "unfold", in_footer=True,
    ),
    Action(
        "clear", "l", "l", Scope.MESSAGES, "Clear", "list only what comes from now on; nothing is deleted", "clear",
    ),
    Action("unclear", "L", "L", Scope.MESSAGES, "Undo clear", "list what was cleared again", "unclear"),
    Action(
        "filter-keep", "enter", "Enter", Scope.FILTER, "Keep", "keep the filter", "keep", in_footer=True, is_first=True,
    ),
    Action(
        "filter-complete", "tab", "Tab", Scope.FILTER, "Complete", "write the chosen way to go on", "complete",
        in_footer=True,
    ),
    Action("filter-up", "up", "↑", Scope.FILTER, "Up", "one way to go on up", "pick(-1)"),
    Action("filter-down", "down", "↓", Scope.FILTER, "Down", "one way to go on down", "pick(1)"),
    Action("filter-clear", "escape", "Esc", Scope.FILTER, "Clear", "back, without a filter", "clear", in_footer=True),
    Action("fact-up", "up,k", "↑ k", Scope.FACTS, "Up", "one line of evidence up", "fact(-1)"),
    Action("fact-down", "down,j", "↓ j", Scope.FACTS, "Down", "one line of evidence down", "fact(1)"),
    Action(
        "fact-open", "enter", "Enter", Scope.FACTS, "Show rows",
        "go to the rows or the connection that the evidence rests on", "open", in_footer=True,
    ),
    Action(
        "filter", "slash", "/", Scope.MAIN, "Filter",
        "list only what a filter takes: words, from:client, size:>1kB, json:$.type=tick ...", "filter", in_footer=True,
    ),
    Action(
        "find", "ctrl+f", "^f", Scope.MAIN, "Find", "mark what a filter takes among all messages; n and N go there",
        "find",
    ),
    Action(
        "hold", "space", "space", Scope.MAIN, "Hold",
        "hold the messages still, or let them run again; what is played: the play head", "hold", in_footer=True,
    ),
    Action(
        "all", "a", "a", Scope.MAIN, "All",
        "messages of all connections in one list, or of the chosen one again", "toggle_all", in_footer=True,
    ),
    Action(
        "failure", "exclamation_mark", "!", Scope.MAIN, "Failure",
        "go to the connection that failed last", "newest_failure", in_footer=True,
    ),
    Action(
        "related-previous", "left_square_bracket", "[", Scope.MAIN, "Previous related code",
        "compare with the previous related code", "related(-1)", in_footer=True, group=_RELATED,
    ),
    Action(
        "related-next", "right_square_bracket", "]", Scope.MAIN, "Next related code",
        "compare with the next related code", "related(1)", in_footer=True, group=_RELATED,
    ),
    Action(
        "explain", "e", "e", Scope.MAIN, "Explain",
        "explain any code: search by number or name, compare, set it beside the close", "explain", in_footer=True,
    ),
    Action(
        "report", "c", "c", Scope.MAIN, "Report",
        "the report for a ticket, secrets masked: look at it, then copy it", "report", in_footer=True,
    ),
    Action(
        "handshake", "h", "h", Scope.MAIN, "Handshake",
        "the upgrade's request, what wsinspect sent on, and the answer", "handshake", in_footer=True,
    ),
    Action(
        "timeline", "t", "t", Scope.MAIN, "Timeline",
        "every connection as a bar from open to close on one time axis", "timeline", in_footer=True,
    ),
    Action(
        "offset", "o", "o", Scope.MAIN, "Offset",
        "of two files merged: set the clock of the second forward or back", "offset",
    ),
    Action(
        "zoom", "z", "z", Scope.MAIN, "Zoom",
        "the panel in focus on the whole screen, and back", "zoom", in_footer=True,
    ),
    Action("panel-1", "1", "1", Scope.MAIN, "Connections", "go to Connections", "panel('connections')"),
    Action("panel-2", "2", "2", Scope.MAIN, "Messages", "go to Messages", "panel('messages')"),
    Action("panel-3", "3", "3", Scope.MAIN, "Close", "go to Close", "panel('close')"),
    Action("back", "escape", "Esc", Scope.MAIN, "Back", "leave the zoom, go back to Connections, select none", "back"),
    Action(
        "play", "p", "p", Scope.PLAY_MAIN, "Play",
        "play the session from its beginning, as it happened; or go back to the whole of it", "play",
    ),
    Action(
        "step-back", "comma", ",", Scope.PLAY, "Step back",
        "hold, and go to just before the newest message that is shown", "step(-1)", in_footer=True, group=_STEP,
    ),
    Action(
        "step", "full_stop", ".", Scope.PLAY, "Step", "hold, and go to the next message", "step(1)",
        in_footer=True, group=_STEP,
    ),
    Action(
        "moment-before", "left_curly_bracket", "{", Scope.PLAY, "Previous close, gap or mark",
        "go to the previous close, gap or mark", "moment(-1)", in_footer=True, group=_MOMENT,
    ),
    Action(
        "moment-after", "right_curly_bracket", "}", Scope.PLAY, "Next close, gap or mark",
        "go to the next close, gap or mark, and to its connection", "moment(1)", in_footer=True, group=_MOMENT,
    ),
    Action(
        "slower", "less_than_sign", "<", Scope.PLAY, "Slower", "half the speed, down to a quarter of the original",
        "pace(-1)", in_footer=True, group=_PACE,
    ),
    Action(
        "faster", "greater_than_sign", ">", Scope.PLAY, "Faster", "twice the speed, up to 64 times the original",
        "pace(1)", in_footer=True, group=_PACE,
    ),
    Action(
        "rewind", "left", "←", Scope.PLAY_MAIN, "Back 5 s", "5 seconds back", "seek(-5)", is_first=True,
    ),
    Action(
        "forward", "right", "→", Scope.PLAY_MAIN, "On 5 s", "5 seconds on", "seek(5)", is_first=True,
    ),
    Action(
        "go-to-time", "ctrl+g", "^g", Scope.PLAY, "Go to a time",
        "go to a time: 1:23, 14:02:31, +10, 50%", "place",
    ),
    Action(
        "skip-silences", "i", "i", Scope.PLAY, "Skip silences",
        "pass over silences of more than 3 s, or play them", "skip",
    ),
    Action(
        "handshake-leave", "escape,enter,h", "Esc", Scope.HANDSHAKE, "Back", "back to the main screen", "leave",
        in_footer=True,
    ),
    Action("line-up", "up,k", "↑ k", Scope.PAGE, "Up", "one line up", "scroll_up"),
    Action("line-down", "down,j", "↓ j", Scope.PAGE, "Down", "one line down", "scroll_down"),
    Action("text-page-up", "pageup,ctrl+u", "PgUp", Scope.PAGE, "Page up", "one page up", "page_up"),
    Action("text-page-down", "pagedown,ctrl+d", "PgDn", Scope.PAGE, "Page down", "one page down", "page_down"),
    Action("text-begin", "home,g", "Home g", Scope.PAGE, "Begin", "to the beginning", "scroll_home"),
    Action("text-end", "end,G", "End G", Scope.PAGE, "End", "to the end", "scroll_end"),
    Action("leave", "escape,enter", "Esc", Scope.MESSAGE, "Back", "back to the list", "leave", in_footer=True),
    Action(
        "message-previous", "left,h", "←", Scope.MESSAGE, "Previous",
        "the message before this one", "step(-1)", in_footer=True,
    ),
    Action(
        "message-next", "right,l", "→", Scope.MESSAGE, "Next",
        "the message after this one", "step(1)", in_footer=True,
    ),
    Action(
        "view-text", "1", "1", Scope.MESSAGE, "Text",
        "the content as text; JSON is laid out", "show('text')",
    ),
    Action("view-hex", "2", "2", Scope.MESSAGE, "Hex", "the content byte by byte", "show('hex')"),
    Action(
        "view-frames", "3", "3", Scope.MESSAGE, "Frames",
        "the frames it came in, and the rules they broke", "show('frames')",
    ),
    Action(
        "more", "plus", "+", Scope.MESSAGE, "More",
        "load more of a message that is longer than what is shown", "more", in_footer=True,
    ),
    Action(
        "view-copy", "y", "y", Scope.MESSAGE, "Copy",
        "copy the message: its payload, JSON laid out, hex, a websocat line", "copy_menu", in_footer=True,
    ),
    Action("report-copy", "enter", "Enter", Scope.REPORT, "Copy", "copy the report as it stands here", "copy",
           in_footer=True),
    Action("report-write", "w", "w", Scope.REPORT, "Write", "write it to a file", "write", in_footer=True),
    Action("redaction-up", "up,k", "↑ k", Scope.REDACTIONS, "Up", "one secret up", "secret(-1)"),
    Action("redaction-down", "down,j", "↓ j", Scope.REDACTIONS, "Down", "one secret down", "secret(1)"),
    Action(
        "redaction-switch", "space", "space", Scope.REDACTIONS, "Mask / show",
        "show the secret in the report, or mask it again", "switch", in_footer=True,
    ),
    Action("report-format", "f", "f", Scope.REPORT, "Format", "the next format", "next_form", in_footer=True),
    Action("report-leave", "escape", "Esc", Scope.REPORT, "Back", "back without a copy", "leave", in_footer=True),
    Action("report-markdown", "1", "1", Scope.REPORT, "Markdown", "for GitHub and GitLab", "form('markdown')"),
    Action("report-jira", "2", "2", Scope.REPORT, "Jira", "Jira's wiki markup", "form('jira')"),
    Action("report-text", "3", "3", Scope.REPORT, "Text", "plain text", "form('text')"),
    Action("report-json", "4", "4", Scope.REPORT, "JSON", "for programs", "form('json')"),
    Action(
        "report-fewer", "minus", "-", Scope.REPORT, "Fewer messages",
        "fewer of the last messages", "messages(-1)", in_footer=True, group=_MESSAGES,
    ),
    Action(
        "report-more", "plus", "+", Scope.REPORT, "More messages",
        "more of the last messages", "messages(1)", in_footer=True, group=_MESSAGES,
    ),
    Action(
        "report-all", "a", "a", Scope.REPORT, "All",
        "on all connections, or on the chosen one again", "whole", in_footer=True,
    ),
    Action("copy-up", "k", "k", Scope.COPY, "Up", "one line up", "choose(-1)"),
    Action("copy-down", "j", "j", Scope.COPY, "Down", "one line down", "choose(1)"),
    Action("copy-write", "w", "w", Scope.COPY, "Write", "write the chosen one to a file", "write"),
    Action("copy-leave", "escape,y", "Esc", Scope.COPY, "Back", "back without a copy", "dismiss(None)"),
    Action("note-remove", "ctrl+r", "^r", Scope.NOTE, "Remove", "take the mark away", "remove"),
    Action("choice-up", "k", "k", Scope.CHOICE, "Up", "one line up", "choose(-1)"),
    Action("choice-down", "j", "j", Scope.CHOICE, "Down", "one line down", "choose(1)"),
    Action("choice-leave", "escape", "Esc", Scope.CHOICE, "Back", "back, all stays as it is", "dismiss(None)"),
    Action("asked-leave", "escape", "Esc", Scope.ASK, "Back", "back, nothing is changed", "dismiss(None)"),
    Action("yes", "y", "y", Scope.QUESTION, "Yes", "yes", "answer(True)"),
    Action("no", "n,escape", "n Esc", Scope.QUESTION, "No", "no", "answer(False)"),
    Action("yes-interrupt", "ctrl+c", "^c", Scope.QUESTION, "Yes", "yes, as y", "answer(True)"),
    Action("answer-left", "left,up", "←", Scope.QUESTION, "Left", "to the answer on the left", "app.focus_previous"),
    Action("answer-right", "right,down", "→", Scope.QUESTION, "Right", "to the answer on the right", "app.focus_next"),
    Action("match-up", "up", "↑", Scope.EXPLAIN, "Up", "one match up", "pick(-1)"),
    Action("match-down", "down", "↓", Scope.EXPLAIN, "Down", "one match down", "pick(1)"),
    Action("match-page-up", "pageup", "PgUp", Scope.EXPLAIN, "Page up", "eight matches up", "pick(-8)"),
    Action("match-page-down", "pagedown", "PgDn", Scope.EXPLAIN, "Page down", "eight matches down", "pick(8)"),
    Action(
        "explain-previous", "left_square_bracket", "[", Scope.EXPLAIN, "Previous related code",
        "compare with the previous related code", "related(-1)", in_footer=True, group=_RELATED, is_first=True,
    ),
    Action(
        "explain-next", "right_square_bracket", "]", Scope.EXPLAIN, "Next related code",
        "compare with the next related code", "related(1)", in_footer=True, group=_RELATED, is_first=True,
    ),
    Action(
        "explain-take", "enter", "Enter", Scope.EXPLAIN, "Set beside the close",
        "set the code beside the one that closed", "take", in_footer=True, is_first=True,
    ),
    Action(
        "explain-scroll", "tab,shift+tab", "Tab", Scope.EXPLAIN, "Scroll",
        "to the comparison, to scroll it, and back to the search", "app.focus_next", in_footer=True,
    ),
    Action("explain-leave", "escape", "Esc", Scope.EXPLAIN, "Back", "back", "dismiss(None)", in_footer=True),
    Action(
        "start-proxy", "p", "p", Scope.MENU, "Start a proxy",
        "record what crosses between your client and your server", "proxy",
    ),
    Action(
        "start-demo", "t", "t", Scope.MENU, "Try the demo",
        "real servers and clients that close in every classic way", "demo",
    ),
    Action(
        "start-explain", "e", "e", Scope.MENU, "Explain a code",
        "what a close code means, beside one it is confused with", "explain",
    ),
    Action("start-open", "o", "o", Scope.MENU, "Open a file", "look at a session that is not in the list", "open_file"),
    Action("session-open", "enter", "Enter", Scope.SESSIONS, "Open", "look at the session", "open", in_footer=True),
    Action(
        "session-rename", "r", "r", Scope.START, "Rename", "give the session another name", "rename", in_footer=True
    ),
    Action("session-note", "n", "n", Scope.START, "Note", "keep a note in the session's file", "note", in_footer=True),
    Action(
        "session-delete", "x,delete", "x", Scope.START, "Delete", "delete the session; asks first", "delete",
        in_footer=True,
    ),
    Action(
        "session-path", "y", "y", Scope.START, "Copy", "copy the path of the session's file", "copy_path",
        in_footer=True,
    ),
    Action(
        "timeline-hold", "space", "space", Scope.TIMELINE, "Hold",
        "hold the play head, or let it go on; a click on the time axis sends it there", "hold", in_footer=True,
    ),
    Action(
        "timeline-open", "enter", "Enter", Scope.TIMELINE, "Go",
        "go to the connection on the main screen; when it is played, to its opening if that is still to come", "open",
        in_footer=True,
    ),
    Action(
        "zoom-in", "plus,equals_sign", "+", Scope.TIMELINE, "Zoom in",
        "zoom in about the chosen connection; Ctrl and the wheel zoom about the pointer", "zoom(0.5)",
        in_footer=True, group=_ZOOM,
    ),
    Action(
        "zoom-out", "minus", "-", Scope.TIMELINE, "Zoom out",
        "zoom out, at last to everything", "zoom(2)", in_footer=True, group=_ZOOM,
    ),
    Action(
        "pan-left", "left,h", "←", Scope.TIMELINE, "Earlier",
        "to earlier times; dragging the bars does it too", "pan(-1)", in_footer=True, group=_PAN,
    ),
    Action(
        "pan-right", "right,l", "→", Scope.TIMELINE, "Later", "to later times", "pan(1)",
        in_footer=True, group=_PAN,
    ),
    Action(
        "axis-clock", "1", "1", Scope.TIMELINE, "Clock",
        "bars by the time of day", "axis('clock')", in_footer=True, group=_AXIS,
    ),
    Action(
        "axis-age", "2", "2", Scope.TIMELINE, "Age",
        "bars by age, side by side from their openings: what lasted equally long ends in one column", "axis('age')",
        in_footer=True, group=_AXIS,
    ),
    Action(
        "timeline-plots", "3", "3", Scope.TIMELINE, "Plots",
        "rate, closes, message sizes and round trips, where they have no room beside the bars", "plots",
        in_footer=True,
    ),
    Action("timeline-leave", "escape,t", "Esc", Scope.TIMELINE, "Back", "back to the main screen", "leave",
           in_footer=True),
    Action(
        "fit", "0,f", "0", Scope.TIMELINE, "All", "everything, and follow what comes", "fit", in_footer=True,
    ),
    Action("help-leave", "escape,question_mark,enter,q", "Esc", Scope.HELP, "Back", "back", "dismiss(None)"),
    Action("help", "question_mark", "?", Scope.APP, "Help", "all keys", "help", in_footer=True),
    Action("palette", "ctrl+p", "^p", Scope.APP, "palette", "find a command by its name", "command_palette"),
    Action("theme", "d", "d", Scope.APP, "Dark / light", "switch between dark and light", "toggle_theme"),
    Action(
        "quit", "q,ctrl+q", "q", Scope.APP, "Quit", "quit; asks while connections are open", "leave_app",
        in_footer=True,
    ),
    Action(
        "interrupt", "ctrl+c", "^c", Scope.APP, "Copy or quit",
        "copy what is selected with the mouse, else quit", "copy_or_quit",
    ),
)  # fmt: skip


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
