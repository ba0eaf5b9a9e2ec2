"""Names of templates and examples, with their kinds and endings. Thin."""

from __future__ import annotations

from meguri.app.web import door

TEMPLATES = {  # kind → ending
    "chain": ".xlsx", "measures": ".xlsx", "shop": ".xlsx", "items": ".xlsx", "scenario": ".yaml",
    "claim": ".yaml",
}  # fmt: skip
EXAMPLES = {"motor-maker": ("chain", ".xlsx"), "small-firm": ("shop", ".xlsx")}  # name → kind, ending
MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".zip": "application/zip",
    ".csv.gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
}


def media_of(name: str) -> str:
    """Media type of a file by its name.

    Examples
    --------
    >>> media_of("a.YAML")
    'application/yaml'
    """
    return MEDIA.get(door.suffix_of(name), "application/octet-stream")


def ending_of(name: str) -> str:
    """Ending of a template or an example; "" where there is none of that name."""
    return TEMPLATES.get(name, "") or EXAMPLES.get(name, ("", ""))[1]
