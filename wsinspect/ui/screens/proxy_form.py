"""The form that starts a proxy: the target, and where to listen."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from wsinspect.capture.listen import parse_listen
from wsinspect.capture.target import parse_target
from wsinspect.errors import UsageError
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.start.choices import StartProxy

HINT = "Enter starts it · Tab goes to the next field · Esc goes back"


class ProxyForm(ModalScreen[StartProxy | None]):
    """Gives what to start, checked; None when the user went back."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.ASK)
    AUTO_FOCUS = "#target"

    def __init__(self, before: StartProxy | None = None, problem: str = "") -> None:
        """Ask.

        Args:
            before: what was asked for the last time.
            problem: why that could not be started; empty when it could.
        """
        super().__init__()
        self._before = before or StartProxy("")
        self._problem = problem

    def compose(self) -> ComposeResult:
        """Two fields, and what is wrong with them."""
        with Vertical() as box:
            box.border_title = "Start a proxy"
            with Horizontal():
                yield Label("Target")
                yield Input(
                    safe.line(self._before.target),
                    placeholder="ws://localhost:9000, also wss://, http://, https://",
                    max_length=2000,
                    compact=True,
                    id="target",
                )
            with Horizontal():
                yield Label("Listen on")
                yield Input(
                    " ".join(map(safe.line, self._before.listen)),
                    placeholder="127.0.0.1:8080, or the next free port",
                    max_length=400,
                    compact=True,
                    id="listen",
                )
            yield Static(markup=False, id="said")
            with Horizontal(id="buttons"):
                yield Button(Content("Start"), id="start", variant="primary", compact=True)
                yield Button(Content("Back"), id="back", compact=True)

    def on_mount(self) -> None:
        """Say at once why the last attempt failed."""
        self._say(self._problem)

    def _say(self, problem: str) -> None:
        said = Content.styled(safe.line(problem), Tone.BAD) if problem else Content.styled(HINT, Tone.DIM)
        self.query_one("#said", Static).update(said)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        typed = (self.query_one("#target", Input).value, self.query_one("#listen", Input).value)
        if typed != (self._before.target, " ".join(self._before.listen)):
            self._say("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._start()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "start":
            self._start()
        else:
            self.dismiss(None)

    def _start(self) -> None:
        try:
            chosen = proxy_choice(self.query_one("#target", Input).value, self.query_one("#listen", Input).value)
        except UsageError as error:
            self._say(str(error))
            return
        self.dismiss(chosen)


def proxy_choice(target: str, listen: str) -> StartProxy:
    """What the two fields of the form ask for, checked as ``wsinspect proxy`` checks it.

    Args:
        target: a URL.
        listen: addresses with blanks between them; empty for the default.

    Raises:
        UsageError: one of them cannot be right.
    """
    if not target.strip():
        raise UsageError("no target is given", "the URL of your server, such as ws://localhost:9000")
    parse_target(target.strip())
    addresses = tuple(listen.split())
    for address in addresses:
        parse_listen(address)
    return StartProxy(target.strip(), addresses)
