"""One note of an outcome, in both languages."""

from __future__ import annotations

from typing import Any

from meguri.base.terms import label


def note(key: str, level: str, text: str, source: str = "", **fill: Any) -> dict[str, str]:
    """One row of the table of notes; ``en`` and ``ja`` hold what differs between the languages."""
    en, ja = fill.pop("en", {}), fill.pop("ja", {})
    return {
        "key": key,
        "level": level,
        "text_en": label(text, "en", "notes", **fill, **en),
        "text_ja": label(text, "ja", "notes", **fill, **ja),
        "source": source,
    }
