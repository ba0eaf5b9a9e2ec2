"""Headline results stay what they were until somebody means to change them."""

from __future__ import annotations

import pytest
import yaml
from tools.update_baseline import BASELINE, SCENARIOS, headline


def test_headline_results_are_those_of_the_baseline() -> None:
    known = yaml.safe_load(BASELINE.read_text(encoding="utf-8"))
    found = headline()
    assert list(known) == list(found) == list(SCENARIOS)
    for scenario, groups in found.items():
        assert list(groups) == list(known[scenario])
        for group, numbers in groups.items():
            assert list(numbers) == list(known[scenario][group]), "names and their order"
            # machines differ in the last digits, and four are kept
            assert numbers == pytest.approx(known[scenario][group], rel=2e-3), f"{scenario}: {group}"
