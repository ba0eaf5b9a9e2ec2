"""No phrase of a verdict takes a side, in either language."""

import re

import yaml

from meguri.base.terms import packaged, read_words
from meguri.structure.claims import claims
from meguri.structure.claims_tables import evidence_table

# Words that judge an author or an actor; a claim's own sentence may hold them, ours may not.
SIDES_EN = (
    "absurd aggressive arbitrary baseless biased blatant bogus brutal clearly coercive cynical "
    "dangerous deceptive dishonest distorted egregious excessive fake false falsely flawed foolish "
    "hostile illegitimate incorrect irresponsible justified malicious misguided misleading mistaken "
    "naive notorious obvious obviously outrageous predatory propaganda provocative punitive reckless "
    "ridiculous rightly so-called unfair unjust unjustified unreasonable untrue weaponised "
    "weaponized wise wrong wrongly"
)
SIDES_JA = (
    "不当 不正 卑劣 悪質 誤った 誤り 間違 嘘 虚偽 捏造 歪曲 偏向 横暴 露骨 敵対的 懲罰的 威圧 "
    "無責任 不公正 不合理 正当な 当然 明らかに 賢明 愚か 軽率 いわゆる 危険な 扇動 陰謀"
)


def phrases() -> list[tuple[str, str, str]]:
    rows = [(row["key"], row["en"], row["ja"]) for row in read_words("claim_phrases")]
    for item in claims():
        rows += [(item.id, row["text_en"], row["text_ja"]) for row in evidence_table(item).to_dict("records")]
        rows += [(item.id, one.text.en, one.text.ja) for one in item.would_decide]
    return rows


def test_no_english_phrase_takes_a_side():
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, SIDES_EN.split())) + r")\b", re.IGNORECASE)
    assert [(key, text) for key, text, _ in phrases() if pattern.search(text)] == []


def test_no_japanese_phrase_takes_a_side():
    assert [(key, text) for key, _, text in phrases() for word in SIDES_JA.split() if word in text] == []


def test_every_text_of_a_packaged_claim_is_in_both_languages():
    japanese = re.compile(r"[぀-ヿ㐀-鿿]")

    def walk(value, path):
        if isinstance(value, dict):
            if set(value) == {"en", "ja"}:
                yield path, value["en"], value["ja"]
            else:
                for key, inner in value.items():
                    yield from walk(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from walk(inner, f"{path}.{number}")

    files = [item for item in packaged("claims").iterdir() if item.name.endswith(".yaml")]
    found = [one for file in files for one in walk(yaml.safe_load(file.read_text("utf-8")), file.name)]
    assert len(found) > 100
    assert [place for place, en, ja in found if not en.strip() or not japanese.search(ja)] == []
