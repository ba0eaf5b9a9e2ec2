"""How many altered names the comparison finds again, and how many strangers it raises: the threshold's price.

Listed names are written otherwise in ways that customers' sheets show (a slip of the finger, another legal
form, words turned round, another transliteration, an abbreviation, joined words, full-width letters, dropped
general words). Strangers are firms of the packaged supplier tables that no list names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.entities import entities
from meguri.observe.packaged import facts
from meguri.respond.name_match import forms, index_of, scores

THRESHOLDS = (70, 74, 78, 80, 82, 84, 86, 88, 90, 94)
Alter = Callable[[str, np.random.Generator], str]
OTHERWISE = (
    ("kh", "h"),
    ("q", "k"),
    ("ou", "u"),
    ("ee", "i"),
    ("v", "w"),
    ("ph", "f"),
    ("y", "i"),
    ("zh", "j"),
)
SHORT = {
    "engineering": "Eng.", "technology": "Tech.", "university": "Univ.", "international": "Intl.",
    "industries": "Ind.", "company": "Co.", "research": "Res.", "institute": "Inst.", "aerospace": "Aero.",
    "electronics": "Elec.", "manufacturing": "Mfg.", "corporation": "Corp.", "development": "Dev.",
}  # fmt: skip
FORMS = ("Co., Ltd.", "LLC", "JSC", "Inc.", "GmbH", "Company")


def slip(name: str, rng: np.random.Generator) -> str:
    """One letter left out, doubled or changed with its neighbour."""
    at = int(rng.integers(1, max(2, len(name) - 1)))
    how = int(rng.integers(3))
    if how == 0:
        return name[:at] + name[at + 1 :]
    if how == 1:
        return name[:at] + name[at] + name[at:]
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


def legal_form(name: str, rng: np.random.Generator) -> str:
    """Without its legal form, with another."""
    return " ".join(forms(name).words).title() + " " + FORMS[int(rng.integers(len(FORMS)))]


def turned(name: str, rng: np.random.Generator) -> str:
    """Words in another order."""
    words = name.replace(",", " ").split()
    return " ".join(words[i] for i in rng.permutation(len(words)))


def transliterated(name: str, rng: np.random.Generator) -> str:
    """Letters as another school of transliteration writes them."""
    fit = [pair for pair in OTHERWISE if pair[0] in name.casefold()]
    for old, new in (fit[i] for i in rng.permutation(len(fit))[:2]):
        name = name.casefold().replace(old, new)
    return name


def shortened(name: str, _: np.random.Generator) -> str:
    """General words abbreviated, or the last word dropped where there is none."""
    words = name.split()
    short = [SHORT.get(word.casefold().strip(",."), word) for word in words]
    return " ".join(short) if short != words or len(words) < 3 else " ".join(words[:-1])


def joined(name: str, _: np.random.Generator) -> str:
    """The first two words written as one."""
    return name.replace(" ", "", 1)


def full_width(name: str, _: np.random.Generator) -> str:
    """Full-width letters and capitals, as from an old office computer."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name.upper())


ALTERATIONS: tuple[Alter, ...] = (slip, legal_form, turned, transliterated, shortened, joined, full_width)


def altered(names: Sequence[str], seed: int) -> list[str]:
    """Each name written otherwise, the ways taking turns; a second slip in every third."""
    rng = np.random.default_rng(seed)
    out = []
    for number, name in enumerate(names):
        text = ALTERATIONS[number % len(ALTERATIONS)](name, rng)
        out.append(slip(text, rng) if number % 3 == 0 else text)
    return out


def strangers(table: pd.DataFrame) -> list[str]:
    """Firms of the packaged supplier tables whose words no spelling of the list holds in full."""
    listed = [set(forms(text).words) for row in zip(table["name"], table["aliases"], strict=True)
              for text in [row[0], *str(row[1]).split("|")] if text]  # fmt: skip
    providers = facts("eto_providers")
    names = sorted(providers.loc[providers["kind"] != "country", "provider"].unique())
    return [name for name in names if not any(set(forms(name).words) <= words for words in listed)]


def threshold_table(
    names: int = 200, seed: int = 1, thresholds: Sequence[float] = THRESHOLDS
) -> pd.DataFrame:
    """Recall and false alarms of the name comparison at each threshold.

    Parameters
    ----------
    names : int
        Listed names drawn and altered.
    seed : int
        Seed of the draw and of the alterations.
    thresholds : sequence of float
        Least nearness [0–100].

    Returns
    -------
    DataFrame
        Columns of ``name_thresholds``. A candidate counts as found when its entry has the drawn name, as the
        same firm may stand on two lists.
    """
    table = entities()
    index = index_of(table)
    drawn = table.iloc[np.random.default_rng(seed).choice(len(table), names, replace=False)]
    outside = strangers(table)
    own, shown = [], []
    for name, text in zip(drawn["name"], altered(drawn["name"].tolist(), seed), strict=True):
        score = pd.Series(scores(text, index)[0]).groupby(index.entry).max()
        own.append(score[(table["name"] == name).to_numpy()[score.index]].max())
        shown.append(score.to_numpy())
    raised = np.array([scores(name, index)[0].max() for name in outside])
    rows = [
        {
            "threshold": least, "asked": names, "found": int(sum(best >= least for best in own)),
            "recall": float(np.mean([best >= least for best in own])),
            "candidates": float(np.mean([(score >= least).sum() for score in shown])),
            "outsiders": len(outside), "alarms": int((raised >= least).sum()),
            "alarm_rate": float((raised >= least).mean()),
        }
        for least in thresholds
    ]  # fmt: skip
    return Schema.of("name_thresholds").check(pd.DataFrame(rows), "name_thresholds")
