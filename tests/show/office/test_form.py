"""The sheet of a 稟議書's drafter: either language, either file, every wrong field named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.base.errors import DataError, MeguriError
from meguri.base.terms import LANGS, Lang
from meguri.show.office.form import SHOWN, Form, names_of, read_form, write_form_template

FILLED = Form(
    "重希土の備え", "調達部", "山田", "R8-12", "2026-04-01", ("起案", "課長"), "2026-04-30", "試験研究費"
)
JA = """件名: 重希土の備え
起案部署: 調達部
起案者: 山田
文書番号: R8-12
起案日: 2026年4月1日
決裁希望日: 2026-04-30
予算科目: 試験研究費
決裁者: [起案, 課長]
"""
EN = """title: 重希土の備え
department: 調達部
Drafted by: 山田
No.: R8-12
date: 2026/4/1
wanted: 2026-04-30
account: 試験研究費
approvers:
  - 起案
  - 課長
"""
CSV = "件名,重希土の備え\n起案部署,調達部\n起案者,山田\n稟議番号,R8-12\nDate,2026-04-01\n"
CSV += "決裁希望日,2026-04-30\n予算科目,試験研究費\n決裁者,起案,課長\n"


@pytest.mark.parametrize(("name", "text"), [("a.yaml", JA), ("b.yml", EN), ("c.csv", CSV)])
def test_a_form_reads_the_same_in_either_language_and_file(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig" if name.endswith("csv") else "utf-8")
    assert read_form(path) == FILLED


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("ending", ["yaml", "csv"])
def test_an_untouched_template_is_an_empty_form_with_the_usual_boxes(
    lang: Lang, ending: str, tmp_path: Path
) -> None:
    form = read_form(write_form_template(tmp_path / f"form.{ending}", lang))
    assert form == Form(approvers=Form().boxes(lang))


def test_every_problem_of_a_form_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    people = "\n".join(f"  - {n}" for n in range(9))
    path.write_text(
        f"起案舎: 山田\n起案日: 4月1日\ntitle: [a]\n件名: b\napprovers:\n{people}\n", encoding="utf-8"
    )
    with pytest.raises(DataError) as refused:
        read_form(path)
    found = {problem.key: problem for problem in refused.value.problems}
    assert set(found) == {"form_field", "form_date", "form_text", "form_twice", "form_approvers"}
    assert found["form_field"].details["near"] == "起案者"


@pytest.mark.parametrize(("name", "text"), [("a.yaml", "just a word"), ("a.txt", JA), ("a.yaml", "a: [")])
def test_what_is_no_form_is_refused(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MeguriError, match=r"a\.|form"):
        read_form(tmp_path / name)


def test_no_name_means_two_fields() -> None:
    every = [name for field in SHOWN for name in {n.casefold() for n in names_of(field)}]
    assert len(every) == len(set(every))
