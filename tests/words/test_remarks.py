import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pandas as pd
import yaml

from meguri.base.terms import packaged, read_words, remark
from meguri.show.report import assumptions_table

NOTED_FACTS = (
    "firm_names.csv", "ownership.csv", "price_response.csv", "price_supply.csv", "score_codes.csv",
    "by_product_hosts.csv",
    "backtest_series.csv",
    "deficit_parts.csv", "mine_projects.csv", "ore_compositions.csv",
    "demand_series.csv", "demand_terms.csv",
)  # fmt: skip
SPELLED = {
    "one": (1,), "two": (2,), "three": (3,), "four": (4,), "five": (5,), "six": (6,), "seven": (7,),
    "ten": (10,), "first": (1,), "second": (2,), "half": (1, 2), "third": (1, 3), "thirds": (3,),
    "quarter": (1, 4), "fifth": (1, 5), "a": (1,), "per": (1,),
    "january": (1,), "march": (3,), "april": (4,), "may": (5,), "june": (6,), "july": (7,),
    "august": (8,), "september": (9,), "october": (10,),
    "november": (11,),
}  # fmt: skip


def rows_of(file) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def notes_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from [value] if key == "note" else notes_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from notes_in(value)


def cases() -> list:
    return [file for file in packaged("backtest").iterdir() if file.name.endswith(".yaml")]


@cache
def packaged_notes() -> frozenset[str]:
    chains = [file for chain in packaged("chains").iterdir() for file in chain.iterdir()]
    facts = [packaged("facts", name) for name in NOTED_FACTS]
    circulation = [
        file
        for case in packaged("circulation").iterdir()
        for file in case.iterdir()
        if file.name.endswith(".csv")
    ]
    response = list(packaged("response").iterdir())
    tables = (*chains, *facts, *circulation, *response)
    found = {row.get("note", "") for file in tables for row in rows_of(file)}
    for file in (*packaged("gallery").iterdir(), *cases()):
        found |= set(notes_in(yaml.safe_load(file.read_text(encoding="utf-8"))))
    return frozenset(note for note in found if note.strip())


def numbers(text: str) -> Counter[float]:
    """Numbers of a text; 3 million is 300万 and 5 billion 50億 in Japanese."""
    text = re.sub(r"([\d.]+) million", lambda found: f"{float(found[1]) * 100:g}", text)
    text = re.sub(r"([\d.]+) billion", lambda found: f"{float(found[1]) * 10:g}", text)
    return Counter(float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def spelled(text: str) -> Counter[float]:
    words = re.findall(r"[a-z]+", text.lower())
    return Counter(float(number) for word in words for number in SPELLED.get(word, ()))


def lost_or_invented(en: str, ja: str) -> tuple[Counter[float], Counter[float]]:
    before, after = numbers(en), numbers(ja)
    return before - after, after - before - spelled(en)


def test_every_packaged_note_has_a_japanese_rendering():
    notes = packaged_notes()
    assert len(notes) > 300
    assert sorted(note for note in notes if remark(note, "ja") == note) == []


def test_every_rendering_belongs_to_a_note_that_is_still_packaged():
    sources = packaged("terms", "parts.csv").read_text(encoding="utf-8")
    noted = packaged_notes() | {"Alternative named by the buyer; yield after approval assumed."}
    left = [
        row["en"]
        for row in read_words("remarks")
        if row["en"] not in noted and "{node}" not in row["en"] and row["en"] not in sources
    ]
    assert left == []


def test_a_rendering_is_japanese_and_keeps_every_number():
    """All at once and not one test each: there are more than a thousand."""
    rows = read_words("remarks")
    assert len(rows) > 1000
    renamed = [
        row["key"] for row in rows if row["key"] != hashlib.sha256(row["en"].encode()).hexdigest()[:10]
    ]
    assert renamed == []
    assert [row["key"] for row in rows if not re.search(r"[ぁ-んァ-ヶ一-龠]", row["ja"])] == []
    found = {row["key"]: lost_or_invented(row["en"], row["ja"]) for row in rows}
    assert {key: counts for key, counts in found.items() if any(counts)} == {}


def test_a_lost_and_an_invented_number_are_both_found():
    assert lost_or_invented("About 30 t.", "約40 t。") == (Counter({30.0: 1}), Counter({40.0: 1}))


def test_notes_of_a_user_and_english_readers_are_left_alone():
    assert remark("Copied from our own list of 2024.", "ja") == "Copied from our own list of 2024."
    assert remark("As Dy.") == "As Dy."


def test_a_note_that_names_a_node_keeps_the_name():
    shown = remark("Not in the base chain; upstream as of jp-magnet-tdk.", "ja")
    assert shown == "基準チェーンにない拠点。上流構成はjp-magnet-tdkに準じる。"


def test_the_report_shows_each_reader_the_remark_in_their_language():
    row = {
        "parameter": "contents[alloy,Pr].share", "label_en": "Share", "label_ja": "割合", "low": 0.02,
        "mode": 0.05, "high": 0.09, "unit": "1", "effect": 0.5, "rank": 1, "source": "yang-2017",
        "grade": "derived", "note": "31-32 wt% rare earths in total.",
    }  # fmt: skip
    table = pd.DataFrame([row])
    assert "希土類合計で31〜32 wt%。" in assumptions_table(table, "ja")
    assert row["note"] in assumptions_table(table, "en")
    assert row["note"] not in assumptions_table(table, "ja")
