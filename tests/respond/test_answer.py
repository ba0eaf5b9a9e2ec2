"""The answer holds every declared table, saves and loads, and says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.records import to_json
from meguri.respond.answer import SCHEMAS, RespondAnswer
from tests.respond.made_up import made_up_answer


@pytest.fixture(scope="module")
def answer() -> RespondAnswer:
    return made_up_answer()


def test_every_declared_table_is_there_and_a_strange_name_is_refused(answer: RespondAnswer) -> None:
    assert all(len(answer.table(name).columns) for name in SCHEMAS)
    with pytest.raises(DataError, match="plans"):
        answer.table("plan")


def test_the_document_is_plain_json(answer: RespondAnswer) -> None:
    document = json.loads(to_json(answer.document()))
    assert set(SCHEMAS) < set(document)
    assert document["plans"][0]["plan"] == "none"


def test_an_answer_is_read_back_as_it_was_saved(answer: RespondAnswer, tmp_path: Path) -> None:
    back = RespondAnswer.load(answer.save(tmp_path / "answer"))
    assert back.document() == answer.document()
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(back.table(name), answer.table(name))


def test_a_folder_without_a_table_is_named_as_broken(answer: RespondAnswer, tmp_path: Path) -> None:
    place = answer.save(tmp_path / "answer")
    (place / "plans.parquet").unlink()
    with pytest.raises(DataError, match=r"plans\.parquet"):
        RespondAnswer.load(place)


def test_tables_handed_out_leave_the_answer_as_it_was(answer: RespondAnswer) -> None:
    handed_out = answer.table("plans")
    handed_out["cost"] = 0.0
    assert answer.table("plans")["cost"].max() > 0.0
