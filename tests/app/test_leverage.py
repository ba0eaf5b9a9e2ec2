"""`meguri leverage`: one line an item, one document as JSON, every wrong name at once, both ways alike."""

import json
from functools import cache

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import meguri.app.leverage as shown
from meguri.app.cli import app, main
from meguri.base.errors import DataError
from meguri.observe.leverage import leverage_items
from meguri.respond.leverage_data import leverage_data
from meguri.show.leverage import leverage_charts, leverage_page
from meguri.show.leverage_excel import write_leverage_excel
from meguri.show.leverage_said import home_sentences

RUN = CliRunner()
LANGS = ("en", "ja")


@pytest.fixture(autouse=True)
def few_runs(monkeypatch):
    """What a card hangs on takes twenty runs: told by the tests of its own."""
    monkeypatch.setattr(shown, "FEW", 0)


def run(*words):
    return RUN.invoke(app, ["leverage", "--runs", "10", *map(str, words)], catch_exceptions=False).stdout


def problems(*words):
    with pytest.raises(DataError) as caught:
        run(*words)
    return [(problem.key, problem.place) for problem in caught.value.problems]


@cache
def answer(compare=False):
    return shown.answered(shown.read_asked("hf", None, None, 10, None, compare, False, None, 10, 1))


@pytest.mark.parametrize("lang", LANGS)
def test_without_an_item_every_packaged_one_is_listed_in_one_line(lang):
    lines = run("--lang", lang).splitlines()
    for row in leverage_items().to_dict("records"):
        told = [line for line in lines if line.split()[:1] == [row["item"]]]
        assert len(told) == 1 and row[f"label_{lang}"][:10] in told[0]


def test_json_is_one_document_that_holds_every_table_and_how_to_get_it_again():
    content = json.loads(run("hf", "--format", "json"))
    assert {"leverage_summary", "leverage_path", "leverage_costs", "leverage_cards"} <= set(content)
    assert {row["controlled"] for row in content["leverage_summary"]} == {True, False}
    assert content["about"]["command"].startswith("meguri leverage hf")


def test_all_wrong_names_and_dates_are_told_at_once_each_with_its_place():
    found = problems("nonsense,hf", "--holder", "Atlantis", "--lift", "2023-13-01")
    assert found == [
        ("leverage_item", "ITEM"), ("term_countries", "--holder"), ("leverage_date", "--lift"),
    ]  # fmt: skip


def test_a_control_is_not_lifted_before_it_begins_and_nobody_plays_against_itself():
    assert problems("hf", "--lift", "2015") == [("leverage_lift_early", "--lift")]
    assert problems("hf", "--holder", "JP", "--partner", "日本") == [("leverage_same", "--partner")]


def test_bad_input_ends_with_status_2_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["meguri", "leverage", "hydrogen", "--lang", "en"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "hydrogen" in told and "Traceback" not in told


def test_a_file_of_another_kind_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"cards\.docx"):
        shown.deliver_leverage(answer(), "table", tmp_path / "cards.docx", "en")
    assert not list(tmp_path.iterdir())


def test_items_are_not_asked_about_beside_a_rule_on_a_stage():
    assert problems("hf", "--stages", "china-rare-earths") == [("leverage_stage_alone", "ITEM")]


def test_options_that_would_be_left_unread_are_named():
    asked = ("--holder", "JP", "--lift", "2020", "--compare")
    assert problems("--stages", "china-rare-earths", *asked) == [
        ("leverage_stage_alone", name) for name in ("--holder", "--lift", "--compare")
    ]
    assert [key for key, _ in problems(*asked)] == ["leverage_item_missing"] * 3


def test_a_day_without_hyphens_is_no_year():  # it was read as the year 20,230,323
    assert problems("hf", "--lift", "20230323") == [("leverage_date", "--lift")]


def test_an_item_of_ones_own_without_ratings_and_a_row_on_no_item_are_named(tmp_path):
    packaged = leverage_data().tables
    packaged["items"].head(1).assign(item="helium").to_csv(tmp_path / "items.csv", index=False)
    packaged["costs"].head(1).assign(item="heliom").to_csv(tmp_path / "costs.csv", index=False)
    found = problems("helium", "--own", str(tmp_path))
    assert found == [("leverage_rating", "attributes: helium")] * 5 + [("leverage_item", "costs[1].item")]


def test_both_directions_run_the_same_code_and_stand_on_one_page():
    told = answer(compare=True)
    pairs = told.tables["leverage_summary"][["holder", "partner"]].drop_duplicates()
    assert pairs.to_numpy().tolist() == [["JP", "KR"], ["KR", "JP"]]
    alone = shown.read_asked("hf", "KR", "JP", 10, None, False, False, None, 10, 1)
    summary = shown.answered(alone).tables["leverage_summary"].reset_index(drop=True)
    other = told.tables["leverage_summary"]
    other = other[other["holder"] == "KR"].reset_index(drop=True)
    assert summary.equals(other)


def test_naming_one_side_as_the_usual_other_turns_the_pair_round():
    asked = shown.read_asked("hf", "KR", None, 10, None, False, False, None, 10, 1)
    row = shown.answered(asked).tables["leverage_summary"].iloc[0]
    assert (row["holder"], row["partner"]) == ("KR", "JP")


def test_a_lift_brings_leverage_back():  # AC6.5
    asked = shown.read_asked("hf", None, None, 10, "2021-07-04", False, False, None, 10, 1)
    lifted = shown.answered(asked).tables["leverage_summary"]
    kept_on = answer().tables["leverage_summary"]
    played = [table.loc[table["controlled"].astype(bool), "long"].iloc[0] for table in (lifted, kept_on)]
    assert played[0] > played[1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_worth_and_who_pays_before_any_figure(lang):
    html = leverage_page(answer(), lang)
    head = html[: html.index("</header>")]
    words = ("after one year", "At home it costs") if lang == "en" else ("1年後", "逸失販売額")
    assert all(word in head for word in words)
    for key in ("leverage-curve", "card-costs", "card-heat", "supply-path", "leverage-split"):
        assert f'id="fig-{key}"' in html


def test_the_printed_band_of_2030_stands_apart_from_the_computed_path():  # AC6.1
    asked = shown.read_asked("wfe", None, None, 10, None, False, False, None, 10, 1)
    drawn = leverage_charts(shown.answered(asked).tables)["supply"].option["series"]
    named = {one["name"]: one["data"] for one in drawn}
    assert "20–35%" in named["printed-words"][0]["label"]["formatter"]
    assert max(point[0] for point in named["with"]) < min(
        point[0] for point in named["printed"] if point[0] != "-"
    )
    seen = named["fit"][0]
    near = min(named["with"], key=lambda point: abs(point[0] - seen[0]))
    assert abs(near[1] - seen[1]) < 6, "the point fitted to lies on the path, so the years are the same"


def test_where_no_cost_is_known_a_sentence_says_why_and_no_empty_figure_stands_there():
    asked = shown.read_asked("wfe-litho-euv", None, None, 10, None, False, False, None, 10, 1)
    html = leverage_page(shown.answered(asked), "en")
    assert "fig-card-costs" not in html and "What it costs firms at home is unknown." in html


def test_who_bears_what_in_ten_years_is_never_told_as_part_of_another_horizon():
    short = shown.answered(shown.read_asked("hf", None, None, 3, None, False, False, None, 10, 1))
    told = [" ".join(home_sentences(one.tables, "en")) for one in (short, answer())]
    assert "in 3 years" in told[0] and "Over ten years large firms" in told[0]
    assert "in 10 years" in told[1] and "Over ten years" not in told[1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_terminal_shows_printed_symbols_in_a_column_of_their_own(lang, capsys):
    shown.print_leverage(answer(), lang)
    lines = [line for line in capsys.readouterr().out.splitlines() if "◎ △ ×" in line]
    assert len(lines) == 1 and lines[0].rstrip().endswith("◎ △ ×")


def test_the_workbook_has_a_readable_sheet_for_every_table(tmp_path):
    book = load_workbook(write_leverage_excel(answer(), tmp_path / "cards.xlsx", "ja"), read_only=True)
    first = [cell.value for row in book.worksheets[0].iter_rows(max_row=3) for cell in row if cell.value]
    assert first[0] == "フッ化水素（日本→韓国）"
    assert len(book.sheetnames) == 2 + sum(len(table) > 0 for table in answer().tables.values())
    assert not [name for name in book.sheetnames if name.startswith("leverage_")], "sheets are named in words"
    row = [cell.value for cell in next(book["カードの得失表"].iter_rows(min_row=3, max_row=3))]
    assert row[:6] == ["フッ化水素", "日本", "韓国", "交渉力の獲得", "便益", "1年"]


@pytest.mark.slow
def test_a_folder_holds_page_workbook_and_every_table(tmp_path):
    shown.deliver_leverage(answer(), "table", tmp_path / "cards", "en")
    files = {path.name for path in (tmp_path / "cards").iterdir()}
    assert {"leverage.html", "leverage.xlsx", "leverage_summary.csv", "leverage_path.csv"} <= files


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_the_check_alone_prints_misses_like_hits_and_printed_bands_apart(lang, tmp_path):  # AC6.1
    told = run("--check", "--lang", lang)
    assert all(value in told for value in ("20.6%", "31.7%", "37.3%"))
    apart = "ranges apart" if lang == "en" else "幅が離れる"
    assert told.count(apart) >= 1
    run("--check", "--lang", lang, "--out", tmp_path / "check.html")
    assert "fig-leverage-blind" in (tmp_path / "check.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_belgian_resist_is_told_as_re_routing_before_localisation():  # AC6.5
    content = json.loads(run("resist", "--check", "--format", "json"))
    row = content["leverage_detours"][0]
    assert (row["item"], row["verdict"]) == ("resist", "re-routing before localisation")
    jumped = [cell["partner"] for cell in content["leverage_detour_partners"] if cell["jump"] == "yes"]
    assert jumped == ["BE"]


@pytest.mark.slow
def test_re_routing_of_hydrogen_fluoride_is_told_as_reported_and_not_as_tested(tmp_path):  # AC6.5
    content = json.loads(run("hf", "--check", "--format", "json"))
    (row,) = content["leverage_reroutes"]
    assert (row["partner"], row["month"], row["times"]) == ("TW", "2019-08", 6)
    assert row["seen"] == pytest.approx(6.1, abs=0.1)  # customs agree with the report to a tenth
    assert content["leverage_detours"][0]["verdict"] == "cannot be told"
    run("hf", "--check", "--lang", "ja", "--out", tmp_path / "hf.html")
    page = (tmp_path / "hf.html").read_text(encoding="utf-8")
    assert "台湾経由の迂回（国産化に先立つ）：報道はあるが" in page
