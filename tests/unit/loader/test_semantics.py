"""The table of conventions: every neuron class, what it becomes, where that is written down."""

from __future__ import annotations

import pytest

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.semantics import CONVENTIONS, neuron_semantics
from asn2fpga.nn import ASN, ILIF, NASN
from asn2fpga.nn.graded import GradedNeuron

CASES: list[tuple[GradedNeuron, NeuronSemantics]] = [
    (ASN(4, alpha=0.25), NeuronSemantics("asn", 4, 0.25, 0.5)),
    (
        ASN(3, alpha=-1.5, beta=0.125, integer_alpha=False),
        NeuronSemantics("asn", 3, -1.5, 0.125, integer_alpha=False),
    ),
    (NASN(8, alpha=1.0), NeuronSemantics("nasn", 8, 1.0, 0.5, output_scale=0.125)),
    (NASN(8, 4.0), NeuronSemantics("nasn", 8, 0.0, 0.5, output_scale=0.25)),
    (ILIF(2, time_steps=4), NeuronSemantics("ilif", 2, 0.0, 0.25)),
]


@pytest.mark.parametrize(("module", "semantics"), CASES)
def test_semantics(module: GradedNeuron, semantics: NeuronSemantics) -> None:
    assert neuron_semantics(module) == semantics


def test_every_convention_cites_its_source() -> None:
    assert {kind.__name__ for kind in CONVENTIONS} == {
        *("ASN", "NASN", "ILIF", "LIF", "IF", "PLIF", "CubaLIF", "SigmaDelta"),
        *("AdaptiveNeuron", "Lookup"),
    }
    sources = {kind.__name__: convention.source for kind, convention in CONVENTIONS.items()}
    assert all("arXiv" in source for name, source in sources.items() if name != "Lookup")
