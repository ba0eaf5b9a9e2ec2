import csv
import html
import io
import re
import shutil
import zipfile

import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from meguri.app.web import paper_word
from meguri.app.web.desk import Desk, KeptFile
from meguri.app.web.paper_mask import AUDIENCES, CLEARED, Secrets, masked, secrets_of
from meguri.app.web.papers import FORMS, paper
from meguri.app.web.view import Headline, Section, Table, View
from meguri.base.errors import DataError
from meguri.base.sources import cited
from meguri.show.chart import Chart
from meguri.structure.template import write_template

BARS = {
    "xAxis": {"type": "value", "name": "days"},
    "yAxis": {"type": "category", "inverse": True, "data": ["=cmd|'/c calc'!A1", "Plan B"]},
    "series": [{"type": "bar", "name": "=1+1", "data": [12.0, 31.0], "itemStyle": {"color": "#1d305e"}}],
}
WORLD = {
    "geo": {"map": "earth"},
    "series": [{"type": "scatter", "coordinateSystem": "geo", "data": [[1, 2]]}],
}
SECRET, CUSTOMER, OPEN = "Kyoto Magnets 京都磁石", "Omega Customer", "Plan B"
SECRETS = Secrets({SECRET: "internal", CUSTOMER: "partner"})
QUICK = tuple(form for form in FORMS if form != "pdf")


def table_of(names):
    return pd.DataFrame({"plan": names, "time_gained_d": [float(n) for n in range(len(names))]})


def chart_of(key, option, names, title="Plan B lasts longest"):
    drawn = table_of(names)
    return Chart(
        key, option, drawn, title, "days", "Sources: A. Weakest grade: derived.", "en", "respond_plans"
    )


@pytest.fixture(scope="module")
def view():
    plans = table_of(["=1+1", SECRET, CUSTOMER, OPEN])
    people = table_of([OPEN]).assign(person="P-01")
    option = {**BARS, "yAxis": {"type": "category", "data": [SECRET, OPEN]}}
    return View(
        title="Plan B lasts longest",
        lead=(f"{SECRET} delivers half.", "Everything counted in days."),
        headlines=(Headline("How long?", "31 days", "Plan B"), Headline("Who?", CUSTOMER, "")),
        sections=(
            Section("one", "Plans", (f"{CUSTOMER} waits.", "Plan B waits not."),
                    (chart_of("open", BARS, ["=1+1", OPEN]), chart_of("hidden", option, [SECRET, OPEN])),
                    (Table("plans", "Plans side by side", plans, "respond_plans"),)),
            Section("two", "World", (), (chart_of("map", WORLD, [OPEN], "Plan B on a map"),),
                    (Table("people", "People", people, "respond_plans"),)),
        ),
        sources=cited(["meguri-ndfeb"]),
        notes=("A doubt.", f"{SECRET} is not sure."),
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(view, tmp_path_factory):
    """A paper of the view, written once; figures of a document as tables: a browser is tried in one test."""
    folder, known = tmp_path_factory.mktemp("papers"), {}

    def write(form, audience="ministry", lang="ja"):
        path = folder / f"{audience}-{lang}.{form}"
        if path not in known:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(paper_word, "pictures", lambda *_: {})
                known[path] = paper(view, lang, form, audience, path, SECRETS)
        return path

    return write


IN_EACH = [(form, "ja") for form in QUICK] + [
    pytest.param(form, "en", marks=[pytest.mark.slow] if form in ("docx", "pptx") else []) for form in QUICK
]


def contents(path):
    """Every text of a file, also of the files inside the files inside it."""
    data = path if isinstance(path, bytes) else path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return html.unescape(data.decode("utf-8", "ignore"))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return "\n".join(f"{name}\n{contents(parts.read(name))}" for name in parts.namelist())


@pytest.mark.parametrize(("form", "lang"), IN_EACH)
def test_words_withheld_from_a_reader_stand_nowhere_in_the_bytes_of_the_paper(written, form, lang):
    text = contents(written(form, lang=lang))
    assert OPEN in text
    for word in (SECRET, "Kyoto", "京都磁石", CUSTOMER, "P-01"):
        assert word not in text
    level = {"en": "Internal only", "ja": "社外秘"}[lang]
    assert level in re.sub(r"<[^>]*>", "", text)  # the list of what was left out


@pytest.mark.parametrize("form", ["html", "xlsx", "zip"])
def test_a_partner_reads_what_partners_may_and_the_firm_reads_all(written, form):
    partner, own = (contents(written(form, audience)) for audience in ("bank", "internal"))
    assert CUSTOMER in partner
    assert "Kyoto" not in partner
    assert CUSTOMER in own
    assert "京都磁石" in own
    assert "P-01" not in own  # persons stand in no copy


def test_nothing_is_both_shown_and_withheld(view):
    for audience in AUDIENCES:
        shown, left = masked(view, SECRETS, audience, "en")
        levels = {one.level for one in left if "persons" not in one.what}
        assert levels.isdisjoint(CLEARED[audience])
        kept = shown.tables()["plans"].frame
        gone = sum(one.rows for one in left if "Plans side by side" in one.what)
        assert len(kept) + gone == len(view.tables()["plans"].frame)


def test_a_figure_that_names_something_withheld_is_left_out_whole(view):
    shown, left = masked(view, SECRETS, "ministry", "en")
    charts = [chart.key for section in shown.sections for chart in section.charts]
    assert charts == ["open", "map"]
    assert any(one.what.startswith("Figure") for one in left)


def test_a_row_that_carries_its_own_level_goes_with_it():
    frame = pd.DataFrame({"part": ["a1", "b2", "c3"], "confidentiality": ["公開", "取引先限り", ""]})
    view = View("T", sections=(Section("s", "S", tables=(Table("t", "Parts", frame, "parts"),)),))
    rows = {
        audience: list(masked(view, Secrets(), audience, "ja")[0].tables()["t"].frame["part"])
        for audience in ("internal", "supplier", "ministry")
    }
    assert rows == {"internal": ["a1", "b2", "c3"], "supplier": ["a1", "b2"], "ministry": ["a1"]}


def test_a_title_that_names_something_withheld_gives_way(view):
    shown, _ = masked(View(f"{SECRET} stops"), SECRETS, "bank", "en")
    assert "Kyoto" not in shown.title
    assert shown.title


def desk_with(tmp_path, book):
    """A workspace whose chain was looked at."""
    desk = Desk(tmp_path)
    kept = KeptFile("abc", "chain", book.name, 1, "digest", book)
    desk.file = lambda _value: kept
    desk.seen["file:file:abc"] = "digest"
    return desk


@pytest.mark.slow
def test_names_of_a_workbook_are_secret_as_far_as_row_and_column_say(tmp_path):
    path = tmp_path / "parts.xlsx"
    write_template(path, lang="ja")
    book = load_workbook(path)
    sheet = book["parts"]
    heads = [cell.value for cell in sheet[3]]
    at = {name: heads.index(name) + 1 for name in ("part", "supplier", "confidentiality")}
    rows = [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, at["part"]).value]
    own = {
        rows[0]: ("公開", "ZX-100", "Acme"),
        rows[1]: ("取引先限り", "ZX-200", "Borea"),
        rows[2]: (None, "ZX-300", "Cerea"),
    }
    for row in rows:
        level, part, supplier = own.get(row, (None, f"ZX-{row}00", "Cerea"))
        for name, value in (("confidentiality", level), ("part", part), ("supplier", supplier)):
            sheet.cell(row, at[name]).value = value
        sheet.cell(row, heads.index("mark") + 1).value = None
    book.save(path)
    secrets = secrets_of(desk_with(tmp_path, path))
    assert secrets.level("ZX-300 of Cerea", "bank") == "internal"
    assert secrets.level("ZX-100", "bank") == ""
    assert secrets.level("ZX-200", "ministry") == "partner"
    assert secrets.level("ZX-200", "bank") == ""
    assert secrets.level("Neodymium, Japan, 中国", "ministry") == ""  # what everybody knows is no secret


def test_slides_hold_charts_that_can_be_edited_and_a_table_where_there_is_none(written):
    slides = list(Presentation(str(written("pptx"))).slides)
    charts = {
        slide.shapes.title.text: shape.chart for slide in slides for shape in slide.shapes if shape.has_chart
    }
    (plot,) = charts["Plan B lasts longest"].plots
    assert list(plot.series[0].values) == [12.0, 31.0]
    on_map = next(slide for slide in slides if slide.shapes.title.text == "Plan B on a map")
    assert any(shape.has_table for shape in on_map.shapes)


def test_no_cell_of_a_workbook_is_a_formula_also_inside_charts(written):
    paths = [written("xlsx"), written("pptx")]
    books = [paths[0].read_bytes()]
    with zipfile.ZipFile(paths[1]) as parts:
        books += [parts.read(name) for name in parts.namelist() if name.endswith(".xlsx")]
    assert len(books) > 1
    for book in books:
        cells = [
            cell for sheet in load_workbook(io.BytesIO(book)) for row in sheet.iter_rows() for cell in row
        ]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        assert any(str(cell.value).startswith("=") for cell in cells)  # the name is there, as text


def test_the_archive_holds_every_table_with_harmless_cells(written):
    with zipfile.ZipFile(written("zip", "internal")) as parts:
        names = parts.namelist()
        cells = [
            cell
            for name in names
            if name.endswith(".csv")
            for row in csv.reader(io.StringIO(parts.read(name).decode("utf-8-sig")))
            for cell in row
        ]
    assert len(names) == len(set(names)) == 5 + 2  # tables and figures, sources, the text
    assert not [cell for cell in cells if cell.startswith(("=", "@", "\t"))]


def test_a_document_holds_findings_tables_and_the_list_of_what_was_left_out(written):
    document = Document(str(written("docx")))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "Plan B lasts longest" in text
    assert "この版で伏せたもの" in text
    assert len(document.tables) >= 4


def test_a_page_escapes_names_and_fetches_nothing(view, tmp_path):
    evil = View("<script>alert(1)</script>", sections=view.sections)
    text = paper(evil, "en", "html", "internal", tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert not re.search(r'(?:src|href)="https?://', text)


@pytest.mark.parametrize("form", ["html", "xlsx", "zip", pytest.param("pptx", marks=pytest.mark.slow)])
def test_the_same_view_gives_the_same_bytes(view, tmp_path, form):
    one, two = (paper(view, "en", form, "bank", tmp_path / f"{n}.{form}", SECRETS) for n in (1, 2))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("form", ["html", "docx", "pptx", "xlsx", "zip"])
def test_a_map_says_that_its_borders_imply_no_position(written, form):
    text = re.sub(r"<[^>]*>", "", contents(written(form)))
    assert "特定の立場を示すものではない" in text


def test_an_unknown_form_is_refused_by_name(view, tmp_path):
    with pytest.raises(DataError) as caught:
        paper(view, "en", "rtf", "internal", tmp_path / "a.rtf")
    assert caught.value.problems[0].found == "rtf"
    assert not (tmp_path / "a.rtf").exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_chromium_prints_the_page_and_draws_the_figures(view, tmp_path):
    pdf = paper(view, "ja", "pdf", "ministry", tmp_path / "a.pdf", SECRETS).read_bytes()
    assert pdf.startswith(b"%PDF-")
    path = paper(view, "ja", "docx", "ministry", tmp_path / "a.docx", SECRETS)
    assert len(Document(str(path)).inline_shapes) == 2  # one for each figure that this reader may see
