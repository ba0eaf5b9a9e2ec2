<<<<<<< HEAD
"""A claim file to fill in: a small case that runs as it stands, with every field explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.structure.claims_model import Claim, SeriesAsk

EXAMPLE = """\
claims:
  - id: my-claim
    text:
      en: Japan's licences of 2019 for Korea led to lower imports of hydrogen fluoride from Japan.
      ja: 2019年の対韓輸出管理の強化が、日本からのフッ化水素輸入の減少につながった。
    who: my own
    kind: cause
    source: my-notes
    cause:
      label: {en: "Individual licences for three materials to Korea", ja: 韓国向け3品目の個別許可}
      event: pub-korea-2019
    effect:
      label: {en: "Lower imports from Japan", ja: 日本からの輸入の減少}
      date: 2019-08/2020-06
      source: my-notes
    parties: [JP, KR]
    series:
      - {series: kr-imports-hf-jp, direction: fall, role: test}
      - {series: kr-imports-hf-cn, direction: fall, role: placebo}
    evidence:
      - side: against
        text:
          en: Makers in Korea may have bought ahead of the date.
          ja: 韓国側が実施前に買いだめをしていた可能性がある。
        source: my-notes
    would_decide:
      - text: {en: "Stocks of the makers by month", ja: メーカーの月次在庫}
sources:
  my-notes: {title: "Notes of my own", url: ""}
"""
_FIELD = re.compile(r"^(?P<lead>    |  - )(?P<name>\w+):")
_ASK = re.compile(r"^      - \{series:")


def claim_template(lang: Lang) -> str:
    """Text of the file: each field of a claim under a remark in the language asked for.

    Examples
    --------
    >>> claim_template("en").splitlines()[-1]
    '  my-notes: {title: "Notes of my own", url: ""}'
    """
    lines = [f"# {line}" for line in label("claim_template_head", lang, "cli").split("|")]
    asked = False
    for line in EXAMPLE.splitlines():
        found = _FIELD.match(line)
        if found is not None and found["name"] in Claim.model_fields:
            lines.append(f"    # {_remark(Claim, found['name'], lang)}")
        if _ASK.match(line) and not asked:
            asked = True
            lines += [f"      # {name}: {_remark(SeriesAsk, name, lang)}" for name in SeriesAsk.model_fields]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _remark(fields: type[Any], name: str, lang: Lang) -> str:
    field = fields.model_fields.get(name)
    if field is None:
        return ""
    return str(field.description if lang == "en" else field.json_schema_extra["description_ja"])


def write_claim_template(path: str | Path, lang: Lang = "en") -> Path:
    """Write the file; it runs as it stands.
=======
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
>>>>>>> showclaims

    Raises
    ------
    DataError
<<<<<<< HEAD
        When the place cannot be written to.
    """
    write_atomically(Path(path), claim_template(lang).encode("utf-8"))
    return Path(path)
=======
        When the folder cannot be written to.
    """
    target = Path(path)
    write_atomically(target, claim_template(lang).encode())
    return target
>>>>>>> showclaims
