"""All rules on one piece of evidence, and the order of what they find."""

from __future__ import annotations

from wsinspect.diagnosis.evidence import Evidence
from wsinspect.diagnosis.rules import RULES
from wsinspect.model import Finding


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """Everything the capture says about why the connection closed; the first finding is the most likely cause.

    Causes come before notes, and what speaks for a code before what speaks against it; within each the surest first,
    and among equals the order of the rules, in which the more specific come first.

    Returns:
        Empty while the connection has not ended.
    """
    if evidence.story is None:
        return ()
    found = [finding for rule in RULES if (finding := rule(evidence)) is not None]
    return tuple(sorted(found, key=lambda finding: (finding.is_note, not finding.is_for, -finding.strength)))
