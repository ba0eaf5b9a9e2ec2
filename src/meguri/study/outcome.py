"""Outcome: tidy tables, notes, sources and a manifest; saved as Parquet and one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_bytes
from meguri.base.records import DIGITS as DIGITS
from meguri.base.records import EXACT as EXACT
from meguri.base.records import records as records
from meguri.base.records import to_json as to_json
from meguri.base.sources import cited
from meguri.structure.chain import Chain
from meguri.structure.kept import MANIFEST, keep, kept_tables

OUTCOME_TABLES = (
    "survival", "production", "price", "flows_cut", "notes", "assumptions",
    "quality", "lost_output", "bottlenecks", "trail", "shadow", "indirect_exports", "sobol",
)  # fmt: skip
_AS_THEY_ARE = (
    "price", "shadow", "quality", "lost_output", "bottlenecks", "trail", "indirect_exports", "assumptions",
    "sobol", "notes",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a study found. Inputs stay what they were: the chain and the scenario stand beside it."""

    manifest: dict[str, Any]
    chain: Chain
    _tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """One table, by a name of ``OUTCOME_TABLES`` or sources.

        Raises
        ------
        DataError
            When there is no such table.
        """
        if name == "sources":
            return self.sources()
        if name not in self._tables:
            names = ", ".join((*OUTCOME_TABLES, "sources"))
            raise DataError(Problem("choice", "table", name, "", {"choices": names, "near": "survival"}))
        return self._tables[name].copy()

    def notes(self) -> pd.DataFrame:
        """Doubts and remarks that belong to the answer."""
        return self.table("notes")

    def sources(self) -> pd.DataFrame:
        """Sources really used, ready for a paper."""
        return cited(self.manifest["sources"])

    def document(self) -> dict[str, Any]:
        """One JSON-ready document: scenario, chain, tables, notes, sources, manifest.

        ``None`` means not within the horizon.
        """
        survival = [
            {
                **{key: row[key] for key in ("node", "label_en", "label_ja", "stage", "country", "plan")},
                **{name: _percentiles(row, name) for name in ("tts_d", "ttr_d", "gap_d")},
                **{key: row[key] for key in ("share_stopped", "lowest", "cover_d", "lowest_cover_d")},
                "stops_on": row["stops_on"] or None,
                "waits_for": row["waits_for"] or None,
            }
            for row in records(self.table("survival"))
        ]
        return {
            "scenario": self.manifest["scenario"]["name"],
            "chain": f"{self.chain.name}@{self.chain.as_of}" if self.chain.as_of else self.chain.name,
            "survival": survival,
            **{name: records(self.table(name)) for name in _AS_THEY_ARE},
            "sources": records(self.sources()),
            "manifest": self.manifest,
        }

    def save(self, folder: str | Path) -> Path:
        """Write the outcome as a folder: Parquet tables, the chain, and the manifest last.

        A folder without a manifest is an outcome that was not finished.
        """
        place = Path(folder)
        keep(place, self._tables, self.chain, self.manifest)
        return place

    @classmethod
    def load(cls, folder: str | Path) -> Outcome:
        """Read an outcome that :meth:`save` wrote.

        Raises
        ------
        DataError
            When a part is missing or broken.
        """
        place = Path(folder)
        manifest = _read_manifest(place)
        tables = kept_tables(place, {name: name for name in OUTCOME_TABLES})
        return cls(manifest, Chain.from_folder(place / "chain"), MappingProxyType(tables))

    def __repr__(self) -> str:
        survival = self._tables["survival"]
        stopping = int((survival["share_stopped"] > 0).sum())
        return (
            f"Outcome of {self.manifest['scenario']['name']} on {self.chain.name}:"
            f" {self.manifest['runs']} runs, {stopping} of {len(survival)} nodes fall short"
        )


def _read_manifest(place: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(read_bytes(place / MANIFEST))
    except (ValueError, UnicodeDecodeError):
        manifest = None
    if not isinstance(manifest, dict) or not {"hash", "sources", "scenario", "runs"} <= set(manifest):
        raise DataError(Problem("outcome_broken", MANIFEST, "", str(place)))
    return manifest


def _percentiles(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"p10": row[f"{name}_p10"], "p50": row[name], "p90": row[f"{name}_p90"]}
