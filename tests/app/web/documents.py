"""Documents made by hand, as ``view.document`` writes them: what the templates are tested with."""

from __future__ import annotations

from typing import Any

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def table(key: str = "survival", rows: int = 3, **changed: Any) -> dict[str, Any]:
    """A table of two columns; the second holds numbers, one unknown, and a text that is no number."""
    cells = [[f"node {n}", ("—", "1,234", "about 12")[n % 3]] for n in range(rows)]
    return {
        "key": key,
        "title": f"Days left ({key})",
        "note": "",
        "open": False,
        "heads": ["Node", "Days [d]"],
        "right": [False, True],
        "rows": cells,
        "total": rows,
    } | changed


def chart(key: str = "gantt", **changed: Any) -> dict[str, Any]:
    """A figure of two bars."""
    option = {
        "animation": False,
        "xAxis": {"type": "category", "data": ["motor", "magnet"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "data": [3, 4]}],
    }
    return {
        "key": key,
        "title": "Motors stop first",
        "subtitle": "Days, 2025",
        "footer": "Source: made by hand. Grade: assumed",
        "height": 300,
        "option": option,
        "table": table(f"{key}-table"),
    } | changed


def document(**changed: Any) -> dict[str, Any]:
    """An answer with every part that a page may have."""
    section: dict[str, Any] = {
        "key": "when",
        "title": "When it stops",
        "texts": ["The first process stops after 41 days."],
        "charts": [chart()],
        "tables": [table(open=True), table("long", 40, total=400)],
        "ways": [{"text": "What keeps it running?", "page": "keeps", "query": {"scenario": "x"}}],
    }
    headline = {
        "asks": "What stops first?",
        "value": "Motors, 41 d",
        "hangs_on": "stock",
        "page": "stops",
        "query": {},
        "unknown": False,
    }
    unknown = headline | {"value": "No firm reports its stock", "unknown": True, "page": ""}
    source = {
        "source": "meguri-ndfeb",
        "producer": "meguri",
        "title": "Chain of NdFeB magnets",
        "published": "2026",
        "accessed": "2026-11-22",
        "url": "https://example.org/ndfeb",
        "licence": "facts only",
    }
    return {
        "title": "Motors stop 41 days after the licence",
        "lead": ["Chain as of 2024."],
        "headlines": [headline, unknown],
        "sections": [section],
        "sources": [source],
        "notes": ["Stocks are assumed."],
        "papers": [{"form": "memo.pdf", "text": "Board memo"}],
        "form": [],
        "keeps": [],
        "refused": False,
        "runs": [{"kind": "stress", "params": {"scenario": "x", "runs": "50"}, "seconds": 40.0}],
    } | changed


def field(name: str, kind: str, **changed: Any) -> dict[str, Any]:
    """One field of a form as ``render.fields`` gives it."""
    value: Any = ["a"] if kind == "many" else ""
    return {
        "name": name,
        "kind": kind,
        "value": value,
        "default": "",
        "changed": False,
        "label": f"Label of {name}",
        "help": f"Help for {name}.",
        "options": [("a", "First"), ("b", "Second")] if kind in ("choice", "many") else [],
        "advanced": False,
        "of": "",
        "low": None,
        "high": None,
    } | changed


def form() -> list[dict[str, Any]]:
    """A form with a field of every kind."""
    return [
        field("scenario", "choice", value="b"),
        field("metal", "many"),
        field("runs", "int", value="50", low=1, high=2000.0),
        field("share", "number", value="0.5", advanced=True),
        field("start", "date", value="2025-04-04", advanced=True),
        field("label", "text", advanced=True),
        field("why", "flag", value="yes", advanced=True),
    ]
