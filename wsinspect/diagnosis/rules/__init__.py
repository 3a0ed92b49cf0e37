"""All rules, the more specific before the more general: the order decides between findings that are equally sure."""

from __future__ import annotations

from wsinspect.diagnosis.rules import (
    answers,
    client,
    fleet,
    framing,
    gateways,
    handshake,
    keepalive,
    own,
    policy,
    refusals,
    requests,
    restarts,
    server_failure,
    sizes,
    target,
    timeouts,
    transport,
)
from wsinspect.diagnosis.saying import Rule

RULES: tuple[Rule, ...] = (
    *own.RULES,
    *target.RULES,
    *handshake.RULES,
    *requests.RULES,
    *refusals.RULES,
    *framing.RULES,
    *sizes.RULES,
    *keepalive.RULES,
    *transport.RULES,
    *fleet.RULES,
    *gateways.RULES,
    *restarts.RULES,
    *policy.RULES,
    *server_failure.RULES,
    *timeouts.RULES,
    *client.RULES,
    *transport.FALLBACKS,
    *answers.RULES,
)
"""Each looks at the evidence by itself; ``findings`` puts what they say in order."""
