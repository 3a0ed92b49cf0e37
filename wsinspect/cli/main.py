"""The ``wsinspect`` command: picks the subcommand and loads only that one's module."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from wsinspect import __version__, cycles, text
from wsinspect.cli.terminal import has_terminal
from wsinspect.errors import WsInspectError

COMMANDS = {
    "demo": "Watch real servers, a gateway and clients close in every classic way.",
    "proxy": "Stand between your client and your server, and record what crosses.",
    "open": "Look at a saved session, two on one time axis, or follow one that is being recorded.",
    "report": "Write a saved session's failure as a ticket, with secrets masked.",
    "export": "Write a part of a saved session, or all of it with secrets masked, as another session.",
    "sessions": "List what was recorded; rename, note, delete, prune.",
    "explain": "Say what a close code means, beside the one it is confused with.",
}
"""Each command, whose function has the same name in a module of the same name (``open`` in ``open_``)."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which they are listed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"wsinspect.cli.{'open_' if cmd_name == 'open' else cmd_name}")
        command: click.Command = getattr(module, "open_" if cmd_name == "open" else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="wsinspect", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> int:
    """See every WebSocket connection, every frame, and why it closed.

    Without a command the start screen opens: saved sessions, a proxy, the demo.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if not has_terminal() or not sys.stdout.isatty():
        click.echo(ctx.get_help())
        return 0
    from wsinspect.cli.start import start

    return start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the console script. Returns the exit status."""
    cycles.look_rarely()
    try:
        result = cli.main(args=arguments, prog_name="wsinspect", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except WsInspectError as error:
        click.echo(f"wsinspect: {text.block(str(error))}", err=True)
        return error.exit_code
    return result if isinstance(result, int) else 0
