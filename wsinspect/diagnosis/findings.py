"""All rules on one piece of evidence, and the order of what they find."""

from __future__ import annotations

from collections.abc import Sequence

from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.facts import alike
from wsinspect.diagnosis.gateways import gateways
from wsinspect.diagnosis.rules import RULES
from wsinspect.diagnosis.saying import CERTAIN, say
from wsinspect.model import EventKind, Finding, Row, Side, Strength


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """Everything the capture says about why the connection closed; the first finding is the most likely cause.

    Where the first one is a note, no cause was found.

    Causes come before notes, and what speaks for a code before what speaks against it; within each the surest first,
    and among equals the order of the rules, in which the more specific come first. Where no cause is better than
    possible, the first note says what to capture to know more.

    Returns:
        Empty while the connection has not ended.
    """
    if evidence.story is None:
        return ()
    found = [finding for rule in RULES if (finding := rule(evidence)) is not None]
    if not any(finding.strength > Strength.POSSIBLE for finding in found if not finding.is_note):
        found.append(thin_evidence(evidence, found))
    return tuple(sorted(found, key=_place))


def _place(finding: Finding) -> tuple[bool, bool, bool, int]:
    is_thin = finding.rule == THIN
    return finding.is_note, not is_thin, not finding.is_for, -finding.strength


THIN = "thin-evidence"


def thin_evidence(evidence: Evidence, found: Sequence[Finding]) -> Finding:
    """That the capture alone does not show the cause, and what would."""
    gap = next((row for row in evidence.rows if row.event is not None and row.event.kind is EventKind.GAP), None)
    return say(
        evidence,
        THIN,
        CERTAIN,
        "the evidence is thin: this capture alone does not show the cause",
        "what was found is possible, no more" if found else "nothing in it points at one",
        rows=(gap,),
        do=_what_to_capture(evidence, gap),
        is_alarm=False,
        is_note=True,
    )


def _what_to_capture(evidence: Evidence, gap: Row | None) -> str:
    """What to record to know more."""
    before = gateways(evidence)
    if gap is not None:
        return "capture it again: a part of this connection's traffic was not recorded"
    if evidence.closer is Side.SERVER and before:
        return f"put a second wsinspect between {before[0].name} and the server: which of the two ended it shows there"
    if evidence.is_cut and not alike(evidence):
        return (
            "record several connections at once: ends in the same moment speak for the server, "
            "at the same age or after the same silence for a timer"
        )
    who = "server" if evidence.closer is Side.SERVER else "client"
    return f"compare with the {who}'s log at that second"
