"""Keys of any list, of the main screen and of its panels."""

from __future__ import annotations

from wsinspect.ui.actions.action import HITS, RELATED, Action, Scope

MAIN = (
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
        in_footer=True, group=HITS,
    ),
    Action(
        "hit-previous", "N", "N", Scope.MESSAGES, "Previous hit", "to the hit before", "hit(-1)",
        in_footer=True, group=HITS,
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
    Action(
        "filter-cancel", "escape", "Esc", Scope.FILTER, "Cancel", "back to what was listed before", "cancel",
        in_footer=True, is_first=True,
    ),
    Action("fact-up", "up,k", "↑ k", Scope.FACTS, "Up", "one line of evidence up", "fact(-1)"),
    Action("fact-down", "down,j", "↓ j", Scope.FACTS, "Down", "one line of evidence down", "fact(1)"),
    Action(
        "fact-open", "enter", "Enter", Scope.FACTS, "Show rows",
        "go to the rows or the connection that the evidence rests on", "open", in_footer=True,
    ),
    Action(
        "filter", "slash", "/", Scope.MAIN, "Filter",
        "list only what a filter takes: words, from:client, size:>1kB, json:$.type=tick ...", "filter", in_footer=True,
        is_first=True,
    ),
    Action(
        "find", "ctrl+f", "^f", Scope.MAIN, "Find", "mark what a filter takes among all messages; n and N go there",
        "find", is_first=True,
    ),
    Action(
        "hold", "space", "space", Scope.MAIN, "Hold",
        "hold the messages still, or let them run again; what is played: the play head", "hold", in_footer=True,
        back_label="Follow",
    ),
    Action(
        "all", "a", "a", Scope.MAIN, "All",
        "messages of all connections in one list, or of the chosen one again", "toggle_all", in_footer=True,
        is_first=True,
    ),
    Action(
        "failure", "exclamation_mark", "!", Scope.MAIN, "Failure",
        "go to the connection that failed last", "newest_failure", in_footer=True,
    ),
    Action(
        "related-previous", "left_square_bracket", "[", Scope.MAIN, "Previous related code",
        "compare with the previous related code", "related(-1)", in_footer=True, group=RELATED,
    ),
    Action(
        "related-next", "right_square_bracket", "]", Scope.MAIN, "Next related code",
        "compare with the next related code", "related(1)", in_footer=True, group=RELATED,
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
    Action("panel-1", "1", "1", Scope.MAIN, "Connections", "go to Connections", "panel('connections')", is_first=True),
    Action("panel-2", "2", "2", Scope.MAIN, "Messages", "go to Messages", "panel('messages')", is_first=True),
    Action("panel-3", "3", "3", Scope.MAIN, "Close", "go to Close", "panel('close')", is_first=True),
    Action("back", "escape", "Esc", Scope.MAIN, "Back", "leave the zoom, go back to Connections, select none", "back"),
)  # fmt: skip
