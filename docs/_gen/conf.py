"""Sphinx settings of both languages; the folder's name (en, ja) is the language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from generate import generate

from meguri.base.version import __version__

project = "meguri 巡り"
author = "meguri developers"
project_copyright = "meguri developers, Apache-2.0"
version = release = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_generated"]
html_theme = "furo"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
highlight_language = "none"


def _write(app: Any) -> None:
    lang = Path(app.srcdir).name
    if app.config.language != lang:
        raise ValueError(f"build docs/{lang} with -D language={lang}")
    generate(Path(app.srcdir), lang)  # type: ignore[arg-type]


def setup(app: Any) -> None:
    """Write the generated bodies before any page is read."""
    app.connect("builder-inited", _write)
