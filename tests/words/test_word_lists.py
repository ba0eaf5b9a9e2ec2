import csv
from collections import Counter

import pytest

from meguri.base.terms import packaged

LISTS = sorted(file.name for file in packaged("terms").iterdir() if file.name.endswith(".csv"))


@pytest.mark.parametrize("name", LISTS)
def test_every_word_stands_once_and_in_both_languages(name):
    rows = list(csv.DictReader(packaged("terms", name).read_text(encoding="utf-8").splitlines()))
    assert [key for key, times in Counter(row["key"] for row in rows).items() if times > 1] == []
    shown = [column for column in rows[0] if column.split("_")[-1] in ("en", "ja")]
    assert [(row["key"], column) for row in rows for column in shown if not row[column].strip()] == []
