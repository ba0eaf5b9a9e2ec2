"""The classical views of exports: stages of processing since 1988 and the WTO's groups since 1990.

Both are what the process view is compared with: in either of them a film-deposition tool and a general
machine tool are one and the same.
"""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.classical import WITS, WTO

# the WTO's groups as a tree: a group and the groups printed inside it
INSIDE = {
    "MA": ("MACH", "MAIS", "MAMT", "MATE", "MACL"),
    "MACH": ("MACHPH",),
    "MAMT": ("MAMTOF", "MAMTTE"),
    "MAMTOF": ("MAMTOTEP", "MAMTOTIC", "MAMTOTTL"),
    "MAMTTE": ("MAMTAU",),
}
ROUNDING = 2e-3  # parts of a printed group may pass it by this much


def stage_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of capital, intermediate and consumer goods and of raw materials, on both bases.

    Parameters
    ----------
    table : DataFrame
        As ``observe.classical.stages_and_total``.

    Returns
    -------
    DataFrame
        Columns of ``classical_shares``. ``share`` is of the four stages together; ``share_all`` of all
        products, with ``left``, the part WITS puts in no stage.

    Examples
    --------
    >>> stages = ["Capital goods", "Intermediate goods", "Consumer goods", "Raw materials"]
    >>> rows = pd.DataFrame({"country": "JP", "year": 2021, "value": [6.0, 3.0, 2.0, 1.0],
    ...                      "stage": stages, "all_products": 16.0})
    >>> stage_shares(rows)[["share", "share_all", "left"]].iloc[0].tolist()
    [0.5, 0.375, 0.25]
    """
    sums = table.groupby(["country", "year"])["value"].transform("sum")
    whole = table["all_products"]
    left = (1.0 - sums / whole).where(whole > 0)
    out = pd.DataFrame({
        "country": table["country"], "year": table["year"],
        "stage": table["stage"].map(lambda text: text.split()[0].lower()), "value": table["value"],
        "share": table["value"] / sums.where(sums > 0),
        "share_all": (table["value"] / whole).where((whole > 0) & (left > -ROUNDING)),
        "left": left.where(left > -ROUNDING).clip(lower=0.0),
        "source": WITS, "grade": "reported",
    })  # fmt: skip
    return Schema.of("classical_shares").check(
        out.sort_values(["country", "year", "stage"], ignore_index=True)
    )


def group_parts(table: pd.DataFrame) -> pd.DataFrame:
    """The WTO's groups cut into parts that do not overlap: each group less what is printed inside it.

    Parameters
    ----------
    table : DataFrame
        As ``observe.classical.wto_groups``.

    Returns
    -------
    DataFrame
        Columns of ``classical_groups``. Where a group inside is not printed, or its parts pass it by more
        than rounding, the rest is unknown (``reason``) and never zero.
    """
    keyed = table.drop_duplicates(["economy", "year", "group"]).set_index(
        ["economy", "country", "year", "group"]
    )
    wide = keyed["value"].unstack("group").reindex(columns=sorted({*INSIDE, *sum(INSIDE.values(), ())}))
    parts = []
    for group in wide.columns:
        inside = list(INSIDE.get(group, ()))
        rest = wide[group] - wide[inside].sum(axis=1, skipna=False) if inside else wide[group]
        wrong = rest < -ROUNDING * wide["MA"]
        part = pd.DataFrame({"value": rest.where(~wrong).clip(lower=0.0), "total": wide["MA"]}).reset_index()
        reason = (
            pd.Series("", index=rest.index).where(rest.notna(), "group_absent").mask(wrong, "group_parts")
        )
        parts.append(part.assign(group=group, rest=bool(inside), reason=reason.to_numpy()))
    out = pd.concat(parts, ignore_index=True)
    out["share"] = (out["value"] / out["total"].where(out["total"] > 0)).clip(upper=1.0)
    names = Schema.of("classical_groups").names
    return Schema.of("classical_groups").check(out.assign(source=WTO, grade="reported")[names])


def beside_process(stages: pd.DataFrame, classes: pd.DataFrame, country: str = "JP") -> pd.DataFrame:
    """The classical split of a country beside its process-control shares, for the years that have both.

    Parameters
    ----------
    stages : DataFrame
        Rows of ``classical_shares``.
    classes : DataFrame
        year, class (PC4, PC5 and others), share, low, high of the same country's exports.
    country : str
        Key of the country.

    Returns
    -------
    DataFrame
        Columns of ``classical_beside``: two views of one year's exports, each with its own basis; they
        are never added.

    Examples
    --------
    >>> stages = pd.DataFrame({"country": "JP", "year": 2021, "stage": ["capital", "intermediate"],
    ...                        "share": [0.499, 0.232], "source": "a"})
    >>> classes = pd.DataFrame({"year": 2021, "class": ["PC4", "PC5"], "share": [0.12, 0.13],
    ...                         "low": [0.07, 0.08], "high": [0.18, 0.19], "source": "b"})
    >>> beside_process(stages, classes)[["year", "capital", "pc4", "pc4_high"]].values.tolist()
    [[2021, 0.499, 0.12, 0.18]]
    """
    left = stages[stages["country"] == country].pivot_table(index="year", columns="stage", values="share")
    out = left.reindex(columns=["capital", "intermediate"])
    for variant in ("PC4", "PC5"):
        mine = classes[classes["class"] == variant].drop_duplicates("year").set_index("year")
        for name, suffix in (("share", ""), ("low", "_low"), ("high", "_high")):
            out[f"{variant.lower()}{suffix}"] = mine[name]
    out = out.dropna(subset=["pc4"]).reset_index().assign(country=country)
    out["source"] = "|".join(dict.fromkeys([*stages["source"], *_split(classes["source"])]))
    return Schema.of("classical_beside").check(out)


def _split(cells: pd.Series[str]) -> list[str]:
    return [key for cell in cells for key in str(cell).split("|")]
