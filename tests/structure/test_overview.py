"""The picture of every metal says what is unknown, and why."""

from __future__ import annotations

import pandas as pd
import pytest

from meguri.structure.coverage import METALS
from meguri.structure.overview import overview

pytestmark = pytest.mark.slow  # every metal is put together


@pytest.fixture(scope="module")
def japan() -> pd.DataFrame:
    return overview("JPN").set_index("element")


def test_every_metal_of_the_documents_has_a_row(japan: pd.DataFrame) -> None:
    assert list(japan.index) == list(METALS)
    assert japan["source"].ne("").all()


def test_a_score_is_known_or_says_why_not(japan: pd.DataFrame) -> None:
    assert (japan["score"].isna() == japan["unknown"].ne("")).all()


def test_germanium_is_no_safe_metal(japan: pd.DataFrame) -> None:
    assert japan.at["Ge", "unknown"] == "code_retired"
    assert pd.isna(japan.at["Ge", "score"])
    assert japan.at["Ge", "refined_top"] == "CN"


def test_ranges_hold_their_figures(japan: pd.DataFrame) -> None:
    for name in ("ore_hhi", "refined_hhi", "score"):
        known = japan[japan[name].notna()]
        assert (known[f"{name}_low"].fillna(known[name]) <= known[name] + 1e-12).all()
        assert (known[f"{name}_high"].fillna(known[name]) >= known[name] - 1e-12).all()
