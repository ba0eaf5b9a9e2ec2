"""What a magnet grade says of its heavy rare earths, and what it does not."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.sources import GRADES, sources
from meguri.base.terms import packaged
from meguri.structure.grades import UNREADABLE, heat_suffix, hree_range, widest

HEATS = ["N42", "N42M", "N42H", "N42SH", "N42UH", "N42EH", "N33AH"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("N42SH", "SH"),
        ("n 38 uh", "UH"),
        ("Ｎ４８Ｈ", "H"),
        ("42SH", "SH"),
        ("N52", "N"),
        ("N33VH", "AH"),
        ("NMX-S49F", UNREADABLE),
        ("NEOREC53B", UNREADABLE),
        ("", UNREADABLE),
        ("N42SHX", UNREADABLE),
    ],
)
def test_only_the_trades_own_pattern_is_read(written: str, read: str) -> None:
    assert heat_suffix(written) == read


@pytest.mark.parametrize("technology", ["sintered", "diffusion"])
def test_hotter_grades_never_need_less_heavy_rare_earths(technology: str) -> None:
    found = [hree_range(grade, technology) for grade in HEATS]
    for name in ("low", "mode", "high"):
        ends = [getattr(item, name) for item in found]
        assert ends == sorted(ends)


def test_diffusion_needs_less_than_alloying_and_hot_deformed_none() -> None:
    for grade in HEATS:
        assert hree_range(grade, "diffusion").mode < hree_range(grade, "sintered").mode
        assert hree_range(grade, "hot-deformed")[:3] == (0, 0, 0)


def test_unknown_making_covers_every_making() -> None:
    for grade in [*HEATS, "?"]:
        whole = hree_range(grade)
        for made in ("sintered", "diffusion", "hot-deformed"):
            known = hree_range(grade, made)
            assert whole.low <= known.low <= known.high <= whole.high


def test_an_unreadable_grade_has_the_widest_range() -> None:
    found = hree_range("NMX-12345")
    assert found.high - found.low == widest()
    assert found.grade == "assumed"


def test_every_row_says_where_it_comes_from_or_that_it_is_assumed() -> None:
    with packaged("facts", "magnet_grades.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    known = set(sources()["source"])
    for row in table.itertuples(index=False):
        assert row.grade in GRADES
        assert row.note_en
        assert row.note_ja
        assert set(filter(None, row.source.split("|"))) <= known
        assert row.source or row.grade == "assumed"
    assert {len(table), 8 * 4} == {32}


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_a_range(text: str) -> None:
    found = hree_range(text)
    assert 0 <= found.low <= found.mode <= found.high <= 0.1


def test_an_unknown_technology_is_refused() -> None:
    with pytest.raises(KeyError):
        hree_range("N42", "printed")
