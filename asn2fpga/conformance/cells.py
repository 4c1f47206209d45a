"""The table of what is claimed: classes of neurons, with options, and what must be refused."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

NIR_FRAMEWORK = "NIR"
NEURONS = 4
"""Neurons of each cell: as many as tensors of options have elements."""


@dataclass(frozen=True)
class Cell:
    """A class of neurons of a framework with options, as its user writes them.

    text: of the options. refused: part of the sentence that refuses it; empty for what is built.
    """

    framework: str
    module: str
    neuron: str
    text: str
    refused: str = ""

    @property
    def name(self) -> str:
        """How tables and tests call it."""
        return f"{self.neuron}({self.text})"

    def make(self) -> nn.Module:
        """The module, in eval mode. ModuleNotFoundError if the framework is not installed."""
        kind = getattr(importlib.import_module(self.module), self.neuron)
        built: nn.Module = kind(**dict(options_of(self.text)))
        return built.eval()


def options_of(text: str) -> Iterator[tuple[str, Any]]:
    """The options that a text like `beta=0.5, v_reset=None` says."""
    for part in filter(None, text.split(", ")):
        name, _, value = part.partition("=")
        yield name, VALUES[value] if value in VALUES else float(value) if "." in value else int(value)


VALUES: Mapping[str, Any] = {
    "None": None,
    "True": True,
    "False": False,
    "subtract": "subtract",
    "zero": "zero",
    "none": "none",
    "m": "m",
    "s": "s",
    "BETAS": torch.tensor([0.5, 0.75, 0.25, 0.5]),
    "THRESHOLDS": torch.tensor([0.5, 1.0, 1.5, 0.75]),
    "quantiser": lambda state: state,
}


def _cells(framework: str, module: str, table: str) -> Iterator[Cell]:
    for line in filter(None, map(str.strip, table.splitlines())):
        what, _, refused = line.partition(" | ")
        neuron, _, text = what.partition(" ")
        yield Cell(framework, module, neuron, text.strip(), refused.strip())


SNNTORCH = """
    Leaky beta=0.5
    Leaky beta=0.75
    Leaky beta=1.0
    Leaky beta=0.0
    Leaky beta=0.9
    Leaky beta=0.95, reset_mechanism=zero
    Leaky beta=0.5, threshold=1.5
    Leaky beta=0.5, init_hidden=True
    Leaky beta=0.5, init_hidden=True, output=True
    Leaky beta=0.75, reset_mechanism=zero
    Leaky beta=0.5, reset_mechanism=none
    Leaky beta=0.75, reset_mechanism=zero, reset_delay=False
    Leaky beta=0.5, reset_mechanism=none, reset_delay=False
    Leaky beta=BETAS
    Leaky beta=BETAS, threshold=THRESHOLDS
    Leaky beta=0.5, threshold=THRESHOLDS, reset_mechanism=zero
    Leaky beta=0.5, learn_beta=True, learn_threshold=True
    Leaky beta=0.5, graded_spikes_factor=2.0
    Leaky beta=0.5, reset_delay=False
    Leaky beta=1.0, reset_delay=False
    Leaky beta=0.0, reset_delay=False
    Leaky beta=0.9, reset_delay=False
    Leaky beta=BETAS, threshold=THRESHOLDS, reset_delay=False
    Leaky beta=0.5, graded_spikes_factor=2.0, reset_delay=False
    Leaky beta=0.5, inhibition=True | must have inhibition=False
    Leaky beta=0.5, state_quant=quantiser | must have state_quant=False
    Lapicque beta=0.5
    Lapicque R=2, C=2
    Lapicque beta=0.5, reset_mechanism=none
    Lapicque beta=0.5, reset_mechanism=zero
    Lapicque R=2, C=2, reset_mechanism=zero
    Synaptic alpha=0.5, beta=0.5
    Synaptic alpha=0.75, beta=0.5
    Synaptic alpha=0.5, beta=0.5, reset_mechanism=none
    Synaptic alpha=0.5, beta=0.5, reset_mechanism=zero
    Synaptic alpha=0.5, beta=0.5, reset_delay=False
    Synaptic alpha=0.75, beta=0.9, reset_delay=False
    Synaptic alpha=0.5, beta=0.5, reset_mechanism=zero, reset_delay=False
    RLeaky beta=0.5, linear_features=4
    RLeaky beta=0.75, all_to_all=False, V=0.49609375
    RLeaky beta=0.5, linear_features=4, reset_mechanism=none
    RLeaky beta=0.5, linear_features=4, reset_mechanism=zero
    RLeaky beta=0.5, linear_features=4, reset_delay=False
    RLeaky beta=0.75, all_to_all=False, V=0.49609375, reset_delay=False
    RLeaky beta=0.5, linear_features=4, reset_mechanism=zero, reset_delay=False
    RLeaky beta=0.5, conv2d_channels=4, kernel_size=3 | not through a convolution
    RSynaptic alpha=0.5, beta=0.5, linear_features=4
    RSynaptic alpha=0.75, beta=0.5, all_to_all=False, V=0.49609375
    RSynaptic alpha=0.5, beta=0.5, linear_features=4, reset_mechanism=zero
    RSynaptic alpha=0.5, beta=0.5, linear_features=4, reset_delay=False | must have reset_delay=True
    Alpha alpha=0.75, beta=0.5 | module snntorch._neurons.alpha.Alpha is not supported
"""

SPIKINGJELLY = """
    IFNode
    IFNode v_reset=None
    IFNode v_threshold=1.5, v_reset=-0.25
    IFNode step_mode=m
    LIFNode
    LIFNode tau=4.0
    LIFNode tau=3.0
    LIFNode tau=1.5, v_reset=None
    LIFNode decay_input=False
    LIFNode v_reset=None
    LIFNode v_reset=None, decay_input=False
    LIFNode v_threshold=0.5, v_reset=-0.25
    LIFNode decay_input=False, v_reset=-0.25
    LIFNode tau=2.0, step_mode=m
    ParametricLIFNode
    ParametricLIFNode v_reset=None, decay_input=False
    ParametricLIFNode step_mode=m
    CUBALIFNode
    CUBALIFNode v_reset=None
    CUBALIFNode c_decay=0.75, v_decay=0.5, v_threshold=1.0
    ILIFNode tau=2.0
    ILIFNode tau=2.0, v_threshold=0.5, step_mode=m
    CUBALIFNode v_reset=0.25 | must have v_reset=0 or None
    KLIFNode | KLIFNode is not supported; use IFNode
    QIFNode | QIFNode is not supported; use IFNode
    ComplementaryLIFNode | ComplementaryLIFNode is not supported; use IFNode
"""

NIR = """
    IF r=1.0, v_threshold=1.5, v_reset=0.0
    IF r=1.0, v_threshold=1.5, v_reset=-0.25
    IF r=5000.0, v_threshold=1.0, v_reset=0.0
    LIF tau=0.0002, r=1.0, v_leak=0.0, v_threshold=0.5, v_reset=0.0
    LIF tau=0.0004, r=4.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0
    LIF tau=0.0002, r=2.0, v_leak=0.25, v_threshold=1.0, v_reset=0.0
    LIF tau=0.0002, r=2.0, v_leak=0.0, v_threshold=1.0, v_reset=-0.25
    LIF tau=0.001, r=10.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0
    LIF tau=0.0025, r=25.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0
    LIF tau=0.0002, r=2.0, v_leak=0.0, v_threshold=THRESHOLDS, v_reset=0.0
    CubaLIF tau_mem=0.0002, tau_syn=0.0002, r=2.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0, w_in=2.0
    CubaLIF tau_mem=0.0004, tau_syn=0.0002, r=4.0, v_leak=0.0, v_threshold=1.5, v_reset=0.0, w_in=1.0
    CubaLIF tau_mem=0.001, tau_syn=0.0005, r=10.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0, w_in=5.0
    LI tau=0.0002, r=2.0, v_leak=0.0
    LI tau=0.001, r=5.0, v_leak=0.0
    Threshold threshold=1.0
    Threshold threshold=THRESHOLDS
    CubaLIF tau_mem=0.0002, tau_syn=0.0002, r=1.0, v_leak=0.5, v_threshold=1.0, v_reset=0.0, w_in=1.0 | v_leak
    CubaLI tau_mem=0.0002, tau_syn=0.0002, r=1.0, v_leak=0.0, w_in=1.0 | CubaLI
"""

CELLS: tuple[Cell, ...] = (
    *_cells("snnTorch", "snntorch", SNNTORCH),
    *_cells("SpikingJelly", "spikingjelly.activation_based.neuron", SPIKINGJELLY),
    *_cells(NIR_FRAMEWORK, "nir", NIR),
)
PACKAGES = {"snnTorch": "snntorch", "SpikingJelly": "spikingjelly", NIR_FRAMEWORK: "nir"}
"""What pip calls each framework."""


def version_of(framework: str) -> str | None:
    """The installed version; None without one."""
    try:
        return importlib.metadata.version(PACKAGES[framework])
    except importlib.metadata.PackageNotFoundError:
        return None
