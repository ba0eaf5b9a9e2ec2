"""Shared by all tests: how many examples hypothesis tries.

``HYPOTHESIS_PROFILE=thorough`` tries many more; both profiles try the same examples every time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SHARED = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", max_examples=25, **_SHARED)
settings.register_profile("thorough", max_examples=500, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
