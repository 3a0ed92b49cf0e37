"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# An example may take as long as it takes: limits on time fail on a busy machine, where nothing is wrong.
settings.register_profile("wsinspect", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wsinspect")
