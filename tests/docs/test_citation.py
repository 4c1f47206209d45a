"""CITATION.cff holds what the Citation File Format 1.2.0 demands, and the version of the package."""

from __future__ import annotations

import re
import tomllib

import yaml
from fresh_machine import ROOT

KEYS = set(
    "abstract authors cff-version commit contact date-released doi identifiers keywords license license-url "
    "message preferred-citation references repository repository-artifact repository-code title type url "
    "version".split()
)
"""Of the schema; cff-version, message, title and authors must be there."""
ENTITY = {"name", "address", "alias", "city", "country", "email", "location", "orcid", "region", "website"}
PERSON = {
    "family-names",
    "given-names",
    "name-particle",
    "name-suffix",
    "affiliation",
    "alias",
    "email",
    "orcid",
}


def test_the_file_is_valid_and_of_this_version() -> None:
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert found.keys() <= KEYS
    assert {"cff-version", "message", "title", "authors"} <= found.keys()
    assert (found["cff-version"], found["type"]) == ("1.2.0", "software")
    assert all(
        isinstance(found[key], str) and found[key] for key in ("message", "title", "abstract", "license")
    )
    assert (found["version"], found["license"]) == (project["version"], project["license"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert found["authors"] and all(
        author.keys() <= ENTITY or author.keys() <= PERSON for author in found["authors"]
    )
    assert len(set(found["keywords"])) == len(found["keywords"])
