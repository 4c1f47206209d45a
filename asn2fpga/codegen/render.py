"""Rendering of templates: the only module that knows Jinja2. Undefined names are errors, never empty text."""

from __future__ import annotations

import dataclasses
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jinja2

from asn2fpga import resources

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def render(template_name: str, context: DataclassInstance) -> str:
    """Text of templates/`template_name` with the fields of `context` (one dataclass) as its variables.

    Names ending in .html.j2 are escaped for HTML; all others are plain text. It ends with one newline.
    """
    fields = {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
    return _environment().get_template(template_name).render(fields).rstrip("\n") + "\n"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.templates_dir()),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(("html", "html.j2")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment


def quote_c(value: object) -> str:
    """A C string literal of printable ASCII."""
    return '"' + "".join(_c_character(character) for character in str(value)) + '"'


def _c_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~":
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode())


def c_comment(value: object) -> str:
    """Text that cannot leave a // or /* */ comment: one line of printable ASCII, others as their code."""
    text = "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in str(value))
    return re.sub(r"[/\\?]+$", lambda match: match[0] + ".", text.replace("*/", "* /").replace("/*", "/ *"))


def quote_tcl(value: object) -> str:
    """One Tcl word that stands for exactly this text."""
    return '"' + re.sub(r'(["\\$\[\]{}])', r"\\\1", str(value)).replace("\n", "\\n") + '"'


def quote_python(value: object) -> str:
    """A Python literal of a string, number, tuple or list."""
    return ascii(value)


def quote_json(value: object) -> str:
    """A JSON value that may also stand inside an HTML script element."""
    return json.dumps(value, sort_keys=True).replace("<", "\\u003c")


FILTERS: dict[str, Any] = {
    "quote_c": quote_c,
    "c_comment": c_comment,
    "quote_tcl": quote_tcl,
    "quote_python": quote_python,
    "quote_json": quote_json,
}
