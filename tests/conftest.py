"""Shared by all tests: how many examples hypothesis tries.

``quick`` keeps the fast suite short, ``HYPOTHESIS_PROFILE=thorough`` tries many more; both profiles try
the same examples every time.
"""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, settings

_SHARED = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", max_examples=12, **_SHARED)
settings.register_profile("thorough", max_examples=500, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# No test reads or writes what the person running it has added.
os.environ["MEGURI_HOME"] = tempfile.mkdtemp(prefix="meguri-tests-")
