"""``wsinspect`` without a command: the start screen, then what the user chooses there, and back again."""

from __future__ import annotations

import shlex

from wsinspect.capture.plan import CapturePlan
from wsinspect.cli.demo import watch
from wsinspect.cli.live import Output, run_live, session_file
from wsinspect.cli.open_ import look_at
from wsinspect.cli.screen import Left
from wsinspect.errors import WsInspectError
from wsinspect.paths import sessions_folder
from wsinspect.ui.choices import Back, Choice, OpenFile, StartProxy
from wsinspect.ui.start_app import StartApp


def start() -> int:
    """Show the start screen until the user quits it; returns the exit status."""
    back = Back()
    while True:
        app = StartApp(sessions_folder(), back)
        choice = app.run()
        if choice is None:
            return app.return_code or 0
        try:
            left = _do(choice, app.theme)
        except WsInspectError as error:
            back = Back(choice, str(error), theme=app.theme)
            continue
        if left.is_told_to_end or (left.status and not left.problem):
            return left.status
        back = Back(choice, left.problem, left.path, left.theme)


def _do(choice: Choice, theme: str) -> Left:
    """Do what was chosen, until its screen is left.

    Raises:
        WsInspectError: it cannot be done; the text says why.
    """
    if isinstance(choice, OpenFile):
        return look_at(choice.path, theme=theme)
    output = Output(headless=False, as_json=False, theme=theme)
    if isinstance(choice, StartProxy):
        listen = [word for address in choice.listen for word in ("--listen", address)]
        command = shlex.join(["wsinspect", "proxy", choice.target, *listen])
        file = session_file(None, "proxy")
        return run_live(CapturePlan(file, choice.target, choice.listen, command=command), output)
    return watch(session_file(None, "demo"), output)
