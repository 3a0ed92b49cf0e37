"""All rules, the more specific before the more general: the order decides between findings that are equally sure."""

from __future__ import annotations

from wsinspect.diagnosis.rules import (
    client,
    framing,
    gateways,
    keepalive,
    own,
    policy,
    restarts,
    server_failure,
    sizes,
    target,
    transport,
)
from wsinspect.diagnosis.saying import Rule

RULES: tuple[Rule, ...] = (
    *own.RULES,
    *target.RULES,
    *framing.RULES,
    *sizes.RULES,
    *keepalive.RULES,
    *transport.RULES,
    *gateways.RULES,
    *restarts.RULES,
    *policy.RULES,
    *server_failure.RULES,
    *client.RULES,
    *transport.FALLBACKS,
)
"""Each looks at the evidence by itself; ``findings`` puts what they say in order."""
