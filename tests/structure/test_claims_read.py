"""A claim file of one's own runs, or says everything that is wrong with it at once, line by line."""

import pytest

from meguri.base.errors import DataError
from meguri.observe.chronicle import chronicle
from meguri.structure import claims as checked
from meguri.structure.claims import claim, read_claims
from meguri.structure.claims_points import claim_points, series_names

BAD = """claims:
  - id: one
    text: {en: A led to B., ja: AがBをもたらした。}
    who: somebody
    source: nowhere-to-be-found
    cause:
      label: {en: A, ja: A}
      event: ev-0066
    effect:
      label: {en: B, ja: B}
      date: 2012/2010
      source: seed-000
  - id: two
    text: {en: A led to B., ja: AがBをもたらした。}
    who: somebody
    source: seed-000
    cause:
      label: {en: collision, ja: 衝突}
      event: ev-006
      date: 2012-09
    effect:
      label: {en: B, ja: B}
      date: 2013-01
    series:
      - {series: no-such-series, direction: fall}
    evidence:
      - side: for
        text: {en: I say so., ja: 私見。}
    colour: red
  - id: three
    text: {en: B led to A., ja: BがAをもたらした。}
    who: somebody
    source: seed-000
    cause: {label: {en: B, ja: B}, date: 2010, source: seed-000}
    effect: {label: {en: A, ja: A}, date: 2011, source: seed-000}
    alternatives: [{claim: four}]
  - id: four
    text: {en: C led to A., ja: CがAをもたらした。}
    who: somebody
    source: seed-000
    cause: {label: {en: collision, ja: 衝突}, event: ev-006, date: 2012-09}
    effect: {label: {en: A, ja: A}, date: 2011}
    series: [{series: no-such-series, direction: fall}]
    alternatives: [{claim: three}]
"""


def problems(tmp_path, text) -> list:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_claims(path)
    return list(raised.value.problems)


def test_everything_wrong_with_a_file_is_named_at_once_with_its_line(tmp_path):
    found = {(problem.key, problem.place.split(" ")[0]) for problem in problems(tmp_path, BAD)}
    lines = BAD.splitlines()

    def at(text, after=0):
        return f"mine.yaml:{1 + next(n for n, line in enumerate(lines) if text in line and n >= after)}"

    two, three, four = (lines.index(f"  - id: {name}") for name in ("two", "three", "four"))
    assert found == {
        ("chronicle_date_inverted", at("2012/2010")),
        ("claim_source_missing", at("- side: for")),
        ("claim_extra", at("colour")),
        ("claim_source", at("nowhere")),
        ("claim_event", at("ev-0066")),
        ("claim_dates", at("date: 2012-09", two)),
        ("claim_source_missing", at("date: 2013-01", two)),
        ("claim_series", at("no-such-series", two)),
        ("claim_circle", at("alternatives", three)),
        ("claim_dates", at("date: 2012-09", four)),
        ("claim_source_missing", at("date: 2011}", four)),
        ("claim_series", at("no-such-series", four)),
        ("claim_circle", at("alternatives", four)),
    }


def test_lost_references_are_named_with_the_nearest_that_exists(tmp_path):
    text = BAD.split("  - id: two")[0].replace("2012/2010", "2012")
    found = {problem.key: problem for problem in problems(tmp_path, text)}
    assert set(found) == {"claim_event", "claim_source"}
    assert "ev-006" in found["claim_event"].text("en") and "近い" in found["claim_event"].text("ja")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("claims: nothing", "claim_file"),
        ("- a", "claim_file"),
        ("claims:\n  - id: [", "yaml"),
        ("claims: []", "claim_file"),
        ("claims:\n  - just words", "claim_fields"),
        ("claims:\n  - {id: a, kind: caused}", "claim_choice"),
        ("claims:\n  - {id: a}", "claim_missing"),
        ("", "file_empty"),
    ],
)
def test_a_file_of_another_form_is_told_and_never_ends_in_a_traceback(tmp_path, text, key):
    assert key in {problem.key for problem in problems(tmp_path, text)}


def test_a_series_of_ones_own_replaces_packaged_points_of_the_same_period(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "series,period,value,unit,source,grade\njp-imports-rare-earths-cn,2010-10,1300,t,mine,reported\n",
        encoding="utf-8",
    )
    points = claim_points(path)
    rows = points[(points["series"] == "jp-imports-rare-earths-cn") & (points["period"] == "2010-10")]
    assert rows["value"].tolist() == [1300.0]


def test_packaged_points_belong_to_declared_series_in_their_unit():
    units = claim_points().merge(series_names(), on="series", how="left", suffixes=("", "_declared"))
    assert (units["unit"] == units["unit_declared"]).all()


def test_a_file_of_points_with_a_period_that_is_none_is_told_by_row(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "series,period,value,unit,source,grade\njp-imports-rare-earths-cn,2010-13,1300,t,mine,reported\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as raised:
        claim_points(path)
    assert [(problem.key, problem.found) for problem in raised.value.problems] == [
        ("claim_period", "2010-13")
    ]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (["jp-imports-rare-earths-cn,2010-10,1300000,kg,mine,reported"], "claim_unit"),
        (["mine,2010-10,5,t,mine,reported", "mine,2010-11,5000,kg,mine,reported"], "claim_unit"),
        ([], "claim_points_empty"),
    ],
)
def test_a_change_of_unit_is_no_break_and_a_file_without_rows_is_told(tmp_path, rows, key):
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["series,period,value,unit,source,grade", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        claim_points(path)
    assert [problem.key for problem in raised.value.problems] == [key]


def test_a_chronicle_without_the_claims_event_is_told_by_name():
    with pytest.raises(DataError) as raised:
        checked.test_claim(claim("cl-001"), chronicle().query("event != 'ev-008'"))
    assert raised.value.problems[0].key == "claim_event"
