"""Sphinx: MyST pages, built with every warning an error."""

from __future__ import annotations

import importlib.metadata

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "engagekit"
author = "engagekit contributors"
project_copyright = f"2026, {author}"
release = importlib.metadata.version("engagekit")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"engagekit {release}"
myst_heading_anchors = 3  # pages may link to one another's headings


def setup(app: Sphinx) -> None:
    """Show Mermaid sources as text: Pygments knows no such language and would warn."""
    app.add_lexer("mermaid", TextLexer)
