"""The places that `make mutate` breaks are still where it looks for them."""

from __future__ import annotations

import pytest
from fuzz.mutation import Mutation
from fuzz.mutations import MUTATIONS, PACKAGE, ROOT, mutated


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_every_mutation_fits_the_source(mutation: Mutation) -> None:
    text = (ROOT / PACKAGE / mutation.file).read_text()
    changed = mutated(mutation, text)
    assert changed != text
    compile(changed, mutation.file, "exec")
