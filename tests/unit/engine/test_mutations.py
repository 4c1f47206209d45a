"""The places that `make mutate` breaks are still where it looks for them."""

from __future__ import annotations

import pytest
from fuzz.mutation import Mutation
from fuzz.mutations import MUTATIONS, PACKAGE, ROOT, first_failure, mutated, noticed_before, table


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_every_mutation_fits_the_source(mutation: Mutation) -> None:
    text = (ROOT / PACKAGE / mutation.file).read_text()
    changed = mutated(mutation, text)
    assert changed != text
    compile(changed, mutation.file, "exec")


def test_the_table_tells_which_test_goes_first() -> None:
    findings = {
        MUTATIONS[0]: "FAILED tests/unit/engine/ir/test_a.py::test_b[1] - assert 1 == 2",
        MUTATIONS[1]: "FAILED tests/fuzz/test_c.py::test_d",
        MUTATIONS[2]: "",
    }
    assert noticed_before(table(findings)) == {
        MUTATIONS[0].rule: "tests/unit/engine/ir/test_a.py::test_b",
        MUTATIONS[1].rule: "tests/fuzz/test_c.py::test_d",
    }


@pytest.mark.parametrize(
    ("log", "failure"),
    [
        ("1 failed\nFAILED tests/a.py::b - assert 0\nFAILED tests/c.py::d", "FAILED tests/a.py::b"),
        ("ERROR tests/a.py - SyntaxError", "ERROR tests/a.py"),
        ("ERROR: not found: tests/a.py::gone\nno tests ran", ""),
        ("....", "the tests do not end"),
    ],
)
def test_what_pytest_printed_names_the_failure(log: str, failure: str) -> None:
    assert first_failure(log) == failure
