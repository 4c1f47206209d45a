"""Configuration of Sphinx. Pages are Markdown where they lie; docs/index.md is the list of all."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from asn2fpga import __version__  # noqa: E402  (found through the line above)

project = "asn2fpga"
author = "the asn2fpga authors"
copyright = author
release = version = __version__
language = "en-GB"

root_doc = "docs/index"
extensions = ["myst_nb", "sphinx.ext.autodoc", "tools.docs.file_names", "tools.docs.docstrings"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_heading_anchors = 5
nb_execution_mode = "off"  # tools/docs/notebooks.py has executed them
nb_merge_streams = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_maximum_signature_line_length = 88
suppress_warnings = ["mystnb.unknown_mime_type"]  # of widgets
highlight_language = "text"

html_theme = "furo"
html_title = f"asn2fpga {version}"
html_copy_source = False
html_show_sourcelink = False
