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

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    write_atomically(Path(path), claim_template(lang).encode("utf-8"))
    return Path(path)
