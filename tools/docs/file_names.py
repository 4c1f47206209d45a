"""A page's file name in code, `docs/spec/maps.md`, becomes a link, as it is in the reader's mind."""

from __future__ import annotations

import posixpath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

SUFFIXES = (".md", ".ipynb")


def setup(app: Sphinx) -> dict[str, Any]:
    """As Sphinx asks of an extension."""
    app.connect("doctree-resolved", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def link_names(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Replace names of pages in running text by links; names in links and headings stay."""
    for literal in list(doctree.findall(nodes.literal)):
        if isinstance(literal.parent, nodes.reference | nodes.title):
            continue
        target = page_of(literal.astext(), page, app.env.found_docs)
        if target:
            address = app.builder.get_relative_uri(page, target)
            literal.replace_self(nodes.reference("", "", literal.deepcopy(), refuri=address, internal=True))


def page_of(name: str, page: str, pages: set[str]) -> str:
    """The page that a file name means, from the repository's root or beside `page`; empty if none does."""
    if not name.endswith(SUFFIXES):
        return ""
    stem = name.rpartition(".")[0]
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(page), stem))
    return next((found for found in (stem, beside) if found in pages), "")
