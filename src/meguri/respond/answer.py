"""The answer to "what can we do": plans on two axes, what they cost, and what they hang on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_bytes
from meguri.base.records import records
from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.structure.chain import Chain
from meguri.structure.kept import MANIFEST, keep, kept_tables

SCHEMAS: Mapping[str, str] = MappingProxyType(
    {
        "plans": "respond_plans",
        "plan_measures": "respond_plan_measures",
        "plan_years": "respond_plan_years",
        "plan_worlds": "respond_plan_worlds",
        "plan_effects": "respond_plan_effects",
        "schemes": "response_schemes",
        "marginal": "respond_marginal",
        "order": "respond_order",
        "robustness": "respond_robustness",
        "dependence": "respond_dependence",
        "sovereignty": "respond_sovereignty",
        "risks": "respond_plan_risks",
        "deficit": "respond_deficit",
        "assumptions": "assumptions",
        "notes": "notes",
    }
)
_NEEDED = {"scenarios", "decided", "years", "strikes", "budget", "rate", "sources", "horizon_d", "hash"}


class Rate(NamedTuple):
    """A dated exchange rate: how many yen one unit of the other currency was worth."""

    pair: str
    rate: float
    date: dt.date
    source: str


def table_of(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A table of the answer, checked as ``columns.csv`` declares it; empty where there is no row.

    Examples
    --------
    >>> list(table_of("order", []).columns)[:3]
    ['rank', 'measure', 'label_en']
    """
    schema = Schema.of(SCHEMAS[name])
    return schema.check(pd.DataFrame(rows, columns=schema.names), name) if rows else schema.empty()


@dataclass(frozen=True, eq=False)
class RespondAnswer:
    """What can be done under one or several scenarios on a chain; all tables stand in columns.csv."""

    manifest: dict[str, Any]
    chain: Chain
    _tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """One table, by a name of ``SCHEMAS`` or sources.

        Raises
        ------
        DataError
            When there is no such table.
        """
        if name == "sources":
            return self.sources()
        if name not in self._tables:
            names = ", ".join((*SCHEMAS, "sources"))
            raise DataError(Problem("choice", "table", name, "", {"choices": names, "near": "plans"}))
        return self._tables[name].copy()

    @property
    def scenario(self) -> dict[str, Any]:
        """The first scenario that was asked about, as plain values with its labels."""
        return dict(self.manifest["scenarios"][0])

    @property
    def decided(self) -> dt.date:
        """Day of decision: the years of the plan are counted from it."""
        return dt.date.fromisoformat(self.manifest["decided"])

    @property
    def years(self) -> int:
        """Number of years of the plan."""
        return int(self.manifest["years"])

    @property
    def strikes(self) -> dict[float, float]:
        """Years from the decision to the first day of the control, with their probabilities."""
        return {float(item["years"]): float(item["probability"]) for item in self.manifest["strikes"]}

    @property
    def budget(self) -> float:
        """Budget over all years of the plan [JPY]."""
        return float(self.manifest["budget"])

    @property
    def horizon_d(self) -> float:
        """Days simulated from the first day of the control; survival of that length has no end in sight."""
        return float(self.manifest["horizon_d"])

    @property
    def rate(self) -> Rate:
        """The dated exchange rate by which yen are also printed as dollars."""
        told = self.manifest["rate"]
        return Rate(told["pair"], told["rate"], dt.date.fromisoformat(told["date"]), told["source"])

    def notes(self) -> pd.DataFrame:
        """Doubts and remarks that belong to the answer."""
        return self.table("notes")

    def sources(self) -> pd.DataFrame:
        """Sources really used, ready for a paper."""
        return cited(self.manifest["sources"])

    def document(self) -> dict[str, Any]:
        """One JSON-ready document: scenarios, chain, tables, sources, manifest."""
        return {
            "scenario": self.scenario["name"],
            "chain": f"{self.chain.name}@{self.chain.as_of}" if self.chain.as_of else self.chain.name,
            **{name: records(frame) for name, frame in self._tables.items()},
            "sources": records(self.sources()),
            "manifest": self.manifest,
        }

    def save(self, folder: str | Path) -> Path:
        """Write the answer as a folder: Parquet tables, the chain, and the manifest last."""
        place = Path(folder)
        keep(place, self._tables, self.chain, self.manifest)
        return place

    @classmethod
    def load(cls, folder: str | Path) -> RespondAnswer:
        """Read an answer that :meth:`save` wrote.

        Raises
        ------
        DataError
            When a part is missing or broken.
        """
        place = Path(folder)
        manifest = _read_manifest(place)
        tables = kept_tables(place, SCHEMAS)
        return cls(manifest, Chain.from_folder(place / "chain"), MappingProxyType(tables))

    def __repr__(self) -> str:
        plans = self._tables["plans"]
        front = int((plans["role"] == "front").sum())
        return (
            f"RespondAnswer to {self.scenario['name']} on {self.chain.name}:"
            f" {front} plans on the front within {self.budget:,.0f} JPY over {self.years} years"
        )


def is_answer(folder: str | Path) -> bool:
    """Whether a folder holds an answer that :meth:`RespondAnswer.save` wrote.

    Examples
    --------
    >>> is_answer("nowhere")
    False
    """
    try:
        _read_manifest(Path(folder))
    except DataError:
        return False
    return True


def _read_manifest(place: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(read_bytes(place / MANIFEST))
    except (ValueError, UnicodeDecodeError):
        manifest = None
    if not isinstance(manifest, dict) or not set(manifest) >= _NEEDED:
        raise DataError(Problem("outcome_broken", MANIFEST, "", str(place)))
    return manifest
