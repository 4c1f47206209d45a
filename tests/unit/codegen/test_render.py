"""Rendering: undefined names are errors, HTML is escaped, quoting filters are exact."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pytest
from needs import need

from asn2fpga import resources
from asn2fpga.codegen import render as module
from asn2fpga.codegen.render import c_comment, quote_c, quote_json, quote_python, quote_tcl, render

NASTY = 'a "b" \\ $x [y] {z} <i>&é\n*/ #'


@dataclass(frozen=True)
class Context:
    value: str


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "templates_dir", lambda: tmp_path)
    monkeypatch.setattr(module, "_environment", module._environment.__wrapped__)
    return tmp_path


def test_fields_of_the_dataclass_are_the_variables(templates: Path) -> None:
    (templates / "a.txt.j2").write_text("{% if value %}\n  <{{ value }}>\n{% endif %}\n\n")
    assert render("a.txt.j2", Context("<x>")) == "  <<x>>\n"


def test_undefined_names_are_errors(templates: Path) -> None:
    (templates / "a.txt.j2").write_text("{{ other }}")
    with pytest.raises(jinja2.UndefinedError, match=r"^'other' is undefined$"):
        render("a.txt.j2", Context("x"))


def test_html_is_escaped(templates: Path) -> None:
    (templates / "a.html.j2").write_text("{{ value }}")
    assert render("a.html.j2", Context("<b>")) == "&lt;b&gt;\n"


def test_tcl_words_survive_a_real_interpreter(tmp_path: Path) -> None:
    need("tclsh")
    script = tmp_path / "a.tcl"
    script.write_text(f"fconfigure stdout -encoding utf-8\nputs -nonewline {quote_tcl(NASTY)}\n", "utf-8")
    ran = subprocess.run(["tclsh", "-encoding", "utf-8", script], capture_output=True, check=True)
    assert ran.stdout.decode() == NASTY


def test_c_strings_are_ascii_and_exact() -> None:
    assert quote_c('a"b\\é\n') == '"a\\"b\\\\\\303\\251\\012"'


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("net.0", "net.0"),
        ("a\nint x;", "a\\nint x;"),
        ("end */ int x; /*", "end * / int x; / *"),
        ("line \\", "line \\."),
        ("trigraph ??/", "trigraph ??/."),
        ("é", "\\xe9"),
    ],
)
def test_comments_cannot_be_left(text: str, safe: str) -> None:
    assert c_comment(text) == safe


def test_python_literals_are_ascii() -> None:
    assert quote_python(("a'é", 1)) == '("a\'\\xe9", 1)'


def test_json_may_stand_in_a_script_element() -> None:
    text = quote_json({"b": "</script>", "a": 1})
    assert text == '{"a": 1, "b": "\\u003c/script>"}'
    assert json.loads(text) == {"a": 1, "b": "</script>"}
