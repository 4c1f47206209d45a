"""Table of conventions: which class of which framework computes which neuron, with its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.nn import ASN, ILIF, NASN
from asn2fpga.nn.graded import GradedNeuron


@dataclass(frozen=True)
class Convention:
    """How instances of one class behave. `source`: where that is written down."""

    framework: str
    source: str
    semantics: Callable[[GradedNeuron], NeuronSemantics]


def neuron_semantics(module: GradedNeuron) -> NeuronSemantics:
    """What `module` computes. Subclasses are not looked up: they may compute anything."""
    return CONVENTIONS[type(module)].semantics(module)


def _graded(model: Literal["asn", "nasn", "ilif"]) -> Callable[[GradedNeuron], NeuronSemantics]:
    def read(module: GradedNeuron) -> NeuronSemantics:
        return NeuronSemantics(
            model=model,
            levels=module.levels,
            alpha=float(module.alpha.detach()),
            beta=module.beta,
            output_scale=1.0 / module.norm,
            integer_alpha=module.integer_alpha,
        )

    return read


CONVENTIONS: dict[type[GradedNeuron], Convention] = {
    ASN: Convention("asn2fpga.nn", "arXiv 2604.12365, eq. (7); asn2fpga/nn/asn.py", _graded("asn")),
    NASN: Convention("asn2fpga.nn", "arXiv 2604.12365, eq. (12); asn2fpga/nn/nasn.py", _graded("nasn")),
    ILIF: Convention("asn2fpga.nn", "arXiv 2407.20708; asn2fpga/nn/ilif.py", _graded("ilif")),
}
