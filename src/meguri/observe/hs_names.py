"""English names of codes of the Harmonized System, from the raw sets where they are at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from meguri.observe.sets import data_folder

PRODUCTS = ("hs17-bec", "raw", "baci_product_codes_HS17.csv.gz")  # six digits, HS 2017
TREE = ("harmonized-system-2022", "raw", "harmonized-system.csv.gz")  # chapters, headings, codes of HS 2022


def hs_names(folder: Path | None = None) -> pd.DataFrame:
    """English names of chapters, headings and subheadings; none where no raw set is at hand.

    Parameters
    ----------
    folder : Path, optional
        Folder of raw sets; the environment's when left out.

    Returns
    -------
    DataFrame
        code, en; HS 2017 names first, codes that only HS 2022 knows after them.
    """
    home = data_folder() if folder is None else folder
    return pd.DataFrame({"code": [], "en": []}, dtype=object) if home is None else _read(home).copy()


@cache
def _read(folder: Path) -> pd.DataFrame:
    parts = []
    for place, code in ((PRODUCTS, "code"), (TREE, "hscode")):
        path = folder.joinpath(*place)
        if path.is_file():
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            parts.append(pd.DataFrame({"code": rows[code], "en": rows["description"].map(tidy)}))
    empty = pd.DataFrame({"code": [], "en": []}, dtype=object)
    return pd.concat(parts or [empty], ignore_index=True).drop_duplicates("code").reset_index(drop=True)


def tidy(name: str) -> str:
    """A customs name as a reader writes it: plain commas, no reference to its own heading.

    Examples
    --------
    >>> tidy("Ferrous waste and scrap: n.e.c. in heading no. 7204"), tidy("Horses; live, pure-bred")
    ('Ferrous waste and scrap, n.e.c.', 'Horses, live, pure-bred')
    """
    text = name.strip().replace("; ", ", ").replace(": ", ", ")
    for tail in (" in heading no.", " in heading", " heading no.", " heading"):
        head, found, rest = text.rpartition(f"n.e.c.{tail}")
        if found and not rest.strip(" .0123456789"):
            text = f"{head}n.e.c."
    return text
