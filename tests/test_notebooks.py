"""The notebook of 2010 runs from top to bottom and answers what an analyst would ask of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebooks" / "2010.py"


@cache
def ran() -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "notebook"}
    exec(compile(NOTEBOOK.read_text(encoding="utf-8"), str(NOTEBOOK), "exec"), scope)
    return scope


def narrated() -> list[str]:
    cells = re.split(r"^# %%", NOTEBOOK.read_text(encoding="utf-8"), flags=re.M)[1:]
    return [cell for cell in cells if cell.startswith(" [markdown]")]


def test_every_remark_of_the_notebook_stands_in_both_languages() -> None:
    for cell in narrated():
        assert re.search(r"[a-z]{4,} [a-z]{3,}", cell), cell[:60]
        assert re.search(r"[ぁ-ん]", cell), cell[:60]


@pytest.mark.slow
def test_verdicts_are_those_of_the_acceptance_and_january_stays_open() -> None:  # AC8.1 to AC8.3, U2
    found = ran()["verdicts"].set_index("claim")["verdict"]
    assert found["cl-001"] == found["cl-003"] == "impossible-by-order"
    assert found["cl-002"] != "impossible-by-order"
    assert found["cl-007"] == "contested-motive"
    assert found["n10-january-halt"] == "unverifiable"
    assert len(ran()["january"].would_decide)


@pytest.mark.slow
def test_change_points_detours_fields_cards_and_plans_are_there() -> None:  # U2
    scope = ran()
    assert set(scope["named"]["fall at 2019-07"]) <= {"yes", "no", "cannot be told"}
    placebos = scope["named"].query("role == 'placebo'")
    assert len(placebos) == 3
    # one placebo falls too, by a quarter against nine tenths: told in the notebook, not hidden
    fall = scope["named"].set_index(["item", "partner"]).loc[("hf", "JP")]
    assert fall["fall at 2019-07"] == "yes"
    assert (placebos.loc[placebos["fall at 2019-07"] == "yes", "change"] > 2 * fall["change"] / 3).all()
    assert set(scope["moved"]["partner"]) <= set(placebos["partner"])
    assert list(scope["breaks"].breaks["at"]) == sorted(scope["breaks"].breaks["at"])
    unknown = scope["fields"].set_index("sector").loc["content"]
    assert unknown["reason"] == "no_metal_known"
    assert scope["bought"]["cost"].max() <= 5e9 * 1.001


@pytest.mark.slow
def test_the_card_of_the_reconstructible_item_decays_first() -> None:  # U2: candidate A before candidate B
    lives = ran()["summary"].set_index("item")["half_life"]
    assert lives["wfe-clean"] < lives["resist-euv"]
