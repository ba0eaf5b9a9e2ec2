"""Slides: charts are native and hold the numbers of the table, titles say what is shown, texts fit."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pytest
from pptx.enum.chart import XL_CHART_TYPE

from meguri.base.errors import DataError
from meguri.base.terms import LANGS, Lang
from meguri.respond.answer import RespondAnswer
from meguri.show.office.charts import serial
from meguri.show.office.fit import LEADING, height
from meguri.show.office.slides import slides
from meguri.show.spell import as_date
from tests.show.office.crowded import crowded
from tests.show.office.read import answer, charts, numbers_in, pptx_texts, printed

COUNT = 12  # cover, stops, front, two plans, marginal, budget, order, risks, assumptions, doubts, sources


SLOW = [pytest.param("ja", marks=pytest.mark.slow), "en"]


class Written(dict[str, Path]):
    """Slides by language, written when first asked for."""

    def __init__(self, folder: Path, answer: RespondAnswer, plan: str = "") -> None:
        self.folder, self.answer, self.plan = folder, answer, plan

    def __missing__(self, lang: Lang) -> Path:
        self[lang] = slides(self.answer, self.folder / f"{lang}.pptx", lang, self.plan)
        return self[lang]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("slides"), answer())


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("full"), crowded(), "front-1")


def values(chart: Any) -> dict[str, list[float | None]]:
    return {series.name: list(series.values) for series in chart.plots[0].series}


def test_charts_are_parts_of_their_own_and_not_pictures(written: Written) -> None:
    found = charts(written["en"])
    kinds = [chart.chart_type for chart in found]
    bars, stacked = XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.BAR_STACKED
    columns = XL_CHART_TYPE.COLUMN_STACKED
    assert kinds == [bars, XL_CHART_TYPE.XY_SCATTER, stacked, stacked, bars, bars, columns, columns]
    show = pptx.Presentation(str(written["en"]))
    assert not [shape for slide in show.slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(show.slides) == COUNT


def test_the_bars_of_shortage_are_the_days_of_the_plans(written: Written) -> None:
    chart = charts(written["en"])[0]
    plans = answer().table("plans").query("role in ('none', 'front')")
    assert list(chart.plots[0].categories) == plans["label_en"].tolist()
    assert values(chart) == {
        "P10": plans["time_low"].tolist(),
        "median": plans["time_d"].tolist(),
        "P90": plans["time_high"].tolist(),
    }


def test_the_points_of_the_front_are_days_bought_and_share_kept_and_nothing_sums_them(
    written: Written,
) -> None:
    chart = charts(written["en"])[1]
    plans = answer().table("plans").query("role == 'front'")
    series = chart.plots[0].series[2]
    along = [float(value.text) for value in series._element.findall(".//{*}xVal//{*}pt/{*}v")]
    assert along == plans["time_gained_d"].tolist()
    assert list(series.values) == plans["share"].tolist()


def test_the_plan_in_time_starts_where_measures_start_and_the_first_series_is_not_seen(
    written: Written,
) -> None:
    chart = charts(written["en"])[3]
    rows = answer().table("plan_measures").query("plan == 'robust-competitiveness'")
    rows = rows.sort_values("starts_on", kind="stable")
    start, lead, ramp, works = (list(series.values) for series in chart.plots[0].series)
    for place, row in enumerate(rows.itertuples()):
        days = [serial(as_date(text)) for text in (row.starts_on, row.ready_on, row.full_on)]
        assert [start[place], start[place] + lead[place], start[place] + lead[place] + ramp[place]] == days
    assert "<a:noFill/>" in chart.plots[0].series[0]._element.xml
    assert all(length >= 0 for length in works)
    assert chart.value_axis.minimum_scale == serial(answer().decided)


def test_marginal_value_has_a_chart_for_each_axis(written: Written) -> None:
    table = answer().table("marginal")
    for chart, column in zip(charts(written["en"])[4:6], ("time_per_money", "share_per_money"), strict=True):
        known = table.dropna(subset=[column]).sort_values(column, ascending=False, kind="stable")
        assert list(values(chart).values()) == [known[column].tolist()]
        assert len(chart.plots[0].series) == 1


def test_the_budget_is_stacked_by_fiscal_year_in_thousands(written: Written) -> None:
    chart = charts(written["en"])[7]
    rows = answer().table("plan_years").query("plan == 'robust-competitiveness'")
    assert list(chart.plots[0].categories) == [f"FY{year}" for year in rows["fiscal"]]
    assert values(chart) == {
        "Firm": (rows["cost_firm"] / 1000).tolist(),
        "Public schemes": (rows["cost_state"] / 1000).tolist(),
    }
    assert chart.value_axis.minimum_scale == 0


@pytest.mark.slow
def test_amounts_that_are_not_whole_thousands_add_up_in_the_chart(full: Written) -> None:
    chart = charts(full["ja"])[-1]
    plan = crowded().table("plans").query("plan == 'front-1'").iloc[0]
    shown = values(chart)
    assert sum(sum(filter(None, part)) for part in shown.values()) == round(plan["cost"] / 1000)
    assert sum(filter(None, shown["公的支援"])) == round(plan["cost_state"] / 1000)


@pytest.mark.slow
def test_every_chart_carries_its_numbers_as_a_workbook_that_holds_no_formula(tmp_path: Path) -> None:
    table = answer().table("marginal").assign(label_en="=1+1")
    odd = replace(answer(), _tables={**answer()._tables, "marginal": table})
    for chart in charts(slides(odd, tmp_path / "a.pptx", "en")):
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        assert any(isinstance(cell.value, int | float | dt.datetime) for cell in cells)
    told = [cell for chart in charts(tmp_path / "a.pptx") for cell in _cells(chart) if cell.value == "=1+1"]
    assert told
    assert {cell.data_type for cell in told} == {"s"}


def _cells(chart: Any) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return [cell for row in book.active.iter_rows() for cell in row]


@pytest.mark.parametrize("lang", SLOW)
def test_every_number_on_a_slide_is_a_cell_of_the_answer(written: Written, lang: Lang) -> None:
    words = {"10", "90", *"12345", "2024", "20,000"}  # P10, counts, year of the chain, rest of the budget
    lost = (
        {number for text in pptx_texts(written[lang]) for number in numbers_in(text)} - printed(lang) - words
    )
    assert lost == set()


@pytest.mark.parametrize("lang", SLOW)
def test_notes_name_the_cell_behind_the_numbers_of_each_slide(written: Written, lang: Lang) -> None:
    show = pptx.Presentation(str(written[lang]))
    notes = [slide.notes_slide.notes_text_frame.text for slide in show.slides]
    assert "45" in notes[1]
    assert "plans[1].time_d" in notes[1]
    assert "plan_years[" in notes[6]
    for place in re.findall(r"= (\w+)\[([\d,]+)\]\.(\w+)", "\n".join(notes)):
        table = answer().table(place[0])
        assert place[2] in table
        assert max(int(row) for row in place[1].split(",")) <= len(table)


@pytest.mark.slow
def test_titles_say_what_the_slide_shows(written: Written) -> None:
    show = pptx.Presentation(str(written["ja"]))
    titles = [slide.shapes.title.text for slide in show.slides]
    assert (
        titles[1]
        == "対策なしでは45日で最初の工程が不足、「効率的な計画3」では185日（シミュレーターでは140日）"
    )
    assert titles[2].startswith(
        "日数を最も稼ぐのは「効率的な計画3」（+125日）、競争力を最も保つのは「効率的な計画1」（88%）"
    )
    assert len(set(titles)) == len(titles)


def boxes(path: Path) -> Iterator[tuple[Any, Any]]:
    show = pptx.Presentation(str(path))
    for slide in show.slides:
        for shape in slide.shapes:
            yield show, shape


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_texts_of_a_crowded_answer_keep_to_their_boxes_and_boxes_to_the_slide(
    full: Written, lang: Lang
) -> None:
    for show, shape in boxes(full[lang]):
        assert shape.left >= 0
        assert shape.left + shape.width <= show.slide_width
        assert shape.top + shape.height <= show.slide_height
        if shape.has_text_frame and shape.text_frame.text.strip():
            paragraphs = shape.text_frame.paragraphs
            size = paragraphs[0].runs[0].font.size.pt
            need = height([one.text for one in paragraphs], shape.width.pt - 10, size)
            assert need <= shape.height.pt + size * LEADING, shape.text_frame.text
        if getattr(shape, "has_table", False) and shape.has_table:
            assert sum(row.height for row in shape.table.rows) + shape.top <= show.slide_height


@pytest.mark.slow
def test_rows_that_find_no_room_are_counted(full: Written) -> None:
    assert any(re.search(r"\d+ more in the tables of the answer", text) for text in pptx_texts(full["en"]))


def test_fonts_of_both_scripts_are_named_in_every_run(written: Written) -> None:
    for _, shape in boxes(written["en"]):
        if shape.has_text_frame:
            for run in (run for paragraph in shape.text_frame.paragraphs for run in paragraph.runs):
                assert 'a:ea typeface="Yu Gothic"' in run._r.xml


@pytest.mark.slow
def test_without_a_robust_plan_the_ends_of_the_front_are_shown(tmp_path: Path) -> None:
    base = answer()
    plans = base.table("plans").query("role in ('none', 'front')")
    less: RespondAnswer = replace(base, _tables={**base._tables, "plans": plans})
    told = pptx_texts(slides(less, tmp_path / "a.pptx", "en"))
    assert any("“Front 1”: 3 measures" in text for text in told)
    assert any("“Front 3”: 2 measures" in text for text in told)


def test_an_answer_without_a_plan_is_told_all_the_same(tmp_path: Path) -> None:
    base = answer()
    empty = {name: base.table(name).head(0) for name in base._tables}
    told = pptx_texts(slides(replace(base, _tables=empty), tmp_path / "a.pptx", "ja"))
    assert "効率的な計画なし" in told


def test_an_unknown_plan_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="front-1, front-2"):
        slides(answer(), tmp_path / "a.pptx", "en", "nothing")


@pytest.mark.slow
def test_the_same_answer_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    assert slides(answer(), tmp_path / "a.pptx", "en").read_bytes() == written["en"].read_bytes()
