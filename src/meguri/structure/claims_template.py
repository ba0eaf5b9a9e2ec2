"""A claim file to start from: an example that reads, with what each field means beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.scenario.fields import Strict
from meguri.structure.claims_model import (
    Alternative,
    Claim,
    Dated,
    Decider,
    Occurrence,
    Passage,
    Said,
    Searches,
    SeriesAsk,
)

_EXAMPLE = """claims:
  - id: my-claim
    text:
      en: The collision led to a halt of rare-earth exports to Japan.
      ja: 衝突事件が対日レアアース輸出の停止につながった。
    who: a newspaper
    kind: cause
    source: my-article
    cause:
      label: {en: collision, ja: 衝突事件}
      event: ev-006
    effect:
      label: {en: halt of exports, ja: 輸出の停止}
      date: late September 2010
      source: my-article
    elements: [REO]
    parties: [CN, JP]
    alternatives:
      - {event: pub-quota-2010}
    series:
      - {series: jp-imports-rare-earths-cn, direction: fall, lasts: stop}
    evidence:
      - side: for
        text:
          en: Traders reported delays from 21 September 2010.
          ja: 商社は2010年9月21日からの遅延を報告した。
        source: meti-survey-2010
        date: 2010-09-21
    would_decide:
      - text:
          en: Japan's customs by country and month
          ja: 日本の国別月次通関統計
        series: jp-imports-rare-earths-cn
        since: 2010-09
        until: 2010-12
sources:
  my-article: Title, author, date and address of the article
"""
_HEAD = {
    "en": "A claim file of meguri. Only id, text, who, source and effect are needed; every field:",
    "ja": "meguri の主張ファイル。必須は id・text・who・source・effect。項目の一覧：",
}
_PARTS: tuple[tuple[str, type[Strict]], ...] = (
    ("claims[]", Claim),
    ("cause, through[], effect", Occurrence),
    ("dates[]", Dated),
    ("alternatives[]", Alternative),
    ("series[]", SeriesAsk),
    ("evidence[]", Said),
    ("contradictions[]", Passage),
    ("would_decide[]", Decider),
    ("searches", Searches),
)


def claim_fields() -> list[dict[str, str]]:
    """Every field of a claim file: part, field, required, meaning_en, meaning_ja.

    Examples
    --------
    >>> claim_fields()[0]["field"], claim_fields()[0]["required"]
    ('id', 'yes')
    """
    return [_field_row(part, name, model) for part, model in _PARTS for name in model.model_fields]


def _field_row(part: str, name: str, model: type[Strict]) -> dict[str, str]:
    field = model.model_fields[name]
    extra: Any = field.json_schema_extra
    return {
        "part": part,
        "field": name,
        "required": "yes" if field.default is PydanticUndefined else "no",
        "meaning_en": str(field.description),
        "meaning_ja": str(extra["description_ja"]),
    }


def claim_template(lang: Lang = "en") -> str:
    """Text of an example claim file, with the meaning of every field as comments.

    Examples
    --------
    >>> claim_template().splitlines()[0]
    '# A claim file of meguri. Only id, text, who, source and effect are needed; every field:'
    """
    lines = [f"# {_HEAD[lang]}"]
    lines += [f"#   {row['part']} {row['field']}: {row[f'meaning_{lang}']}" for row in claim_fields()]
    return "\n".join([*lines, _EXAMPLE])


def write_claim_template(path: str | Path, lang: Lang = "en") -> Path:
    """Write the example file; it can be read by ``read_claims`` as it stands.

    Raises
    ------
    DataError
        When the folder cannot be written to.
    """
    target = Path(path)
    write_atomically(target, claim_template(lang).encode())
    return target
