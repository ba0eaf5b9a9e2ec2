"""Chain: who makes what, from whom, with how much in stock — checked once, then never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.structure.check import check_tables, checked_example
from meguri.structure.read import TABLES, read_folder


@dataclass(frozen=True, eq=False)
class Chain:
    """Tables ``materials, contents, nodes, flows, recipes, ownership, specs`` of one supply chain.

    Build one with :meth:`from_tables`, :meth:`from_folder`, :meth:`from_excel` or :meth:`example`;
    each checks everything once, so that any function may trust what it is handed. A change is a new
    chain: :meth:`with_stock`, :meth:`with_table`.

    Examples
    --------
    >>> chain = Chain.example("ndfeb-japan")
    >>> chain.name, len(chain.nodes) > 20
    ('ndfeb-japan', True)
    """

    name: str
    as_of: str
    about: Mapping[str, str]
    _tables: Mapping[str, pd.DataFrame]

    @classmethod
    def from_tables(
        cls,
        *,
        materials: pd.DataFrame,
        nodes: pd.DataFrame,
        flows: pd.DataFrame,
        recipes: pd.DataFrame,
        contents: pd.DataFrame | None = None,
        ownership: pd.DataFrame | None = None,
        specs: pd.DataFrame | None = None,
        about: Mapping[str, str] | None = None,
        file: str = "",
    ) -> Chain:
        """Check all tables together and freeze them.

        Parameters
        ----------
        materials, nodes, flows, recipes, contents, ownership, specs : DataFrame
            Columns as declared in ``columns.csv``; numbers may carry units ("30 t/a").
        about : mapping
            ``name``, ``as_of`` (year) and labels of the chain.
        file : str
            File or folder named in messages.

        Raises
        ------
        DataError
            With every problem of every table.
        """
        given = {"materials": materials, "nodes": nodes, "flows": flows, "recipes": recipes}
        optional = {"contents": contents, "ownership": ownership, "specs": specs}
        given |= {name: frame for name, frame in optional.items() if frame is not None}
        typed, found = check_tables(given, file)
        if found:
            raise DataError(found, file)
        return cls._of(typed, dict(about or {}))

    @classmethod
    def _of(cls, typed: dict[str, pd.DataFrame], about: dict[str, str]) -> Chain:
        """Chain of tables that are checked already."""
        return cls(
            name=about.get("name", "chain").split("@")[0],
            as_of=about.get("as_of", ""),
            about=MappingProxyType(about),
            _tables=MappingProxyType(typed),
        )

    @classmethod
    def from_folder(cls, folder: str | Path) -> Chain:
        """Chain from a folder of CSV files."""
        tables, about = read_folder(Path(folder))
        return cls.from_tables(**tables, about=about, file=str(folder))

    @classmethod
    def from_excel(cls, path: str | Path) -> Chain:
        """Chain from a workbook that ``meguri template`` wrote."""
        from meguri.structure.workbook import read_chain_workbook  # only Excel users pay for it

        tables, about = read_chain_workbook(Path(path))
        return cls.from_tables(**tables, about=about, file=str(path))

    @classmethod
    def example(cls, name: str) -> Chain:
        """Packaged chain, ``ndfeb-japan`` or ``ndfeb-japan@2009``; read and checked once."""
        return cls._of(*checked_example(name))

    def table(self, name: str) -> pd.DataFrame:
        """One table; changing what you get changes nothing here."""
        return self._tables[name].copy()

    @property
    def materials(self) -> pd.DataFrame:
        """Products that flow, with form and stage."""
        return self.table("materials")

    @property
    def contents(self) -> pd.DataFrame:
        """Mass shares of elements in products."""
        return self.table("contents")

    @property
    def nodes(self) -> pd.DataFrame:
        """Sites, firms, country aggregates and sectors; each makes one product [t/a]."""
        return self.table("nodes")

    @property
    def flows(self) -> pd.DataFrame:
        """Deliveries from supplier to customer [t/a], qualified or not yet."""
        return self.table("flows")

    @property
    def recipes(self) -> pd.DataFrame:
        """What each node needs per tonne of output, how badly, and the days it holds."""
        return self.table("recipes")

    @property
    def ownership(self) -> pd.DataFrame:
        """Dated holdings of firms in firms."""
        return self.table("ownership")

    @property
    def specs(self) -> pd.DataFrame:
        """Properties of products that a control's threshold may name."""
        return self.table("specs")

    @property
    def hash(self) -> str:
        """SHA-256 over all tables: equal chains have equal hashes, whatever the order of rows."""
        digest = hashlib.sha256()
        for name in TABLES:
            frame = self._tables[name]
            key = Schema.of(name).key
            digest.update(name.encode())
            digest.update(frame.sort_values(key, ignore_index=True).to_csv(index=False).encode())
        return digest.hexdigest()

    def label(self, lang: Lang = "en") -> str:
        """Shown name of the chain."""
        return self.about.get(f"label_{lang}") or self.name

    def with_table(self, name: str, frame: pd.DataFrame) -> Chain:
        """The same chain with one table replaced, checked anew."""
        tables = {key: self.table(key) for key in TABLES} | {name: frame}
        return Chain.from_tables(**tables, about=self.about)

    def with_stock(self, node: str, days: float, input: str | None = None) -> Chain:
        """The same chain where a node holds other stocks.

        Parameters
        ----------
        node : str
            Node whose stock changes.
        days : float
            Days of use held; the range of the old value no longer applies.
        input : str, optional
            One input only; all of the node's inputs when left out.
        """
        recipes = self.recipes
        chosen = recipes["node"] == node
        if input is not None:
            chosen &= recipes["input"] == input
        recipes.loc[chosen, ["stock", "stock_low", "stock_high"]] = days
        return self.with_table("recipes", recipes)

    def __repr__(self) -> str:
        nodes, flows = self._tables["nodes"], self._tables["flows"]
        stages = [label(key, "en", "stages") for key in dict.fromkeys(nodes["stage"])]
        assumed = int((flows["grade"] == "assumed").sum())
        keys = {
            key for name in TABLES for cell in self._tables[name]["source"] for key in cell.split("|") if key
        }
        return "\n".join(
            [
                f"Chain {self.name}" + (f" as of {self.as_of}" if self.as_of else ""),
                f"  materials  {', '.join(self._tables['materials']['material'])}",
                f"  stages     {' → '.join(stages)}",
                f"  nodes      {len(nodes)} in {nodes['country'].nunique()} countries",
                f"  flows      {len(flows)}, of which {assumed} assumed"
                f" and {int((flows['qualified'] == False).sum())} not yet qualified",  # noqa: E712
                f"  sources    {len(keys)}",
            ]
        )
