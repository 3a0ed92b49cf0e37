"""Do what was chosen on the start screen, until its screen is left."""

from __future__ import annotations

import shlex

from wsinspect.capture.plan import CapturePlan
from wsinspect.cli.demo import watch
from wsinspect.cli.live import Output, run_live, session_file
from wsinspect.cli.open_ import look_at
from wsinspect.cli.screen import Left
from wsinspect.ui.start.choices import Choice, OpenFile, StartProxy


def do(choice: Choice, theme: str) -> Left:
    """Do it.

    Args:
        choice: what was chosen.
        theme: the colours that the user was looking at.

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
