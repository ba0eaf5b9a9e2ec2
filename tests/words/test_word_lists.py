import csv
from collections import Counter

from meguri.base.terms import packaged

LISTS = sorted(file.name for file in packaged("terms").iterdir() if file.name.endswith(".csv"))


def test_every_word_stands_once_and_in_both_languages():
    wrong = []
    for name in LISTS:
        rows = list(csv.DictReader(packaged("terms", name).read_text(encoding="utf-8").splitlines()))
        wrong += [(name, key) for key, times in Counter(row["key"] for row in rows).items() if times > 1]
        shown = [column for column in rows[0] if column.split("_")[-1] in ("en", "ja")]
        wrong += [(name, row["key"], column) for row in rows for column in shown if not row[column].strip()]
    assert wrong == []
