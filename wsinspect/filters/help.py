"""One page of help on filters: the same in the app and in the README."""

from __future__ import annotations

from wsinspect.filters.keys import FORMS, LIMITS, ON_CONNECTIONS


def readme() -> str:
    """The part of the README that explains filters."""
    rows = [f"| `{form.replace('|', chr(92) + '|')}` | {meaning} |" for form, meaning in FORMS]
    return "\n".join(["| filter | takes |", "|---|---|", *rows, "", LIMITS, "", ON_CONNECTIONS, ""])


def plain() -> tuple[tuple[str, str], ...]:
    """Every form and what it takes, for the help in the app."""
    return tuple((form, meaning.replace("`", "")) for form, meaning in FORMS)


def plain_limits() -> str:
    """What a filter does not look at, for the help in the app."""
    return LIMITS.replace("`", "")


def plain_on_connections() -> str:
    """What the same terms take of connections, for the help in the app."""
    return ON_CONNECTIONS.replace("`", "")


if __name__ == "__main__":
    import sys

    sys.stdout.write(readme())
