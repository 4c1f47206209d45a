"""Graphs whose neurons break a rule, with the rule and what it says: adaptive ones, tables, gates."""

from __future__ import annotations

import numpy as np
from broken_graphs import changed
from real_graphs import CHAIN, semantics

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.adaptation import Adaptation, Precision
from asn2fpga.kinds.neurons.gated import Gated
from asn2fpga.kinds.neurons.table import Table

TRAINED_NEURONS: list[tuple[str, Graph, str]] = [
    (
        "adaptation_is_sound",
        semantics(adaptation=Adaptation(np.zeros(3), False, (Precision(0.1, 0.1, 0.1),))),
        "a: bias of adaptive neurons must have shape (4,), not (3,)",
    ),
    (
        "adaptation_is_sound",
        semantics(adaptation=Adaptation(np.zeros(4), False, ())),
        "a: precisions must be 1..4, not 0",
    ),
    (
        "adaptation_is_sound",
        semantics(adaptation=Adaptation(np.zeros(4), False, (Precision(2.0, 0.1, 0.1),))),
        "a: m_f must be in 0..1, not 2",
    ),
    (
        "adaptation_is_sound",
        semantics(adaptation=Adaptation(np.zeros(4), False, (Precision(0.1, 0.1, 0.1),), tau_filter=0.0)),
        "a: tau must be in 0.5..10000, not 0",
    ),
    (
        "tables_and_gates_are_sound",
        semantics(table=Table("tanh", 13, 8.0, 7)),
        "a: address_bits must be in 8..12, not 13",
    ),
    (
        "tables_and_gates_are_sound",
        semantics(gated=Gated(np.array([2.0]))),
        "a: threshold must be in 0..1, not 2",
    ),
    (
        "arrays_have_one_number_a_neuron",
        semantics(betas=np.full(3, 0.5)),
        "a: beta of each neuron must have shape (4,), not (3,)",
    ),
    (
        "arrays_have_one_number_a_neuron",
        semantics(betas=np.array([0.5, 0.5, 0.5, -0.25])),
        "a: beta must be in 0..1, not -0.25",
    ),
    (
        "arrays_have_one_number_a_neuron",
        semantics(thresholds=np.array([1.0, 0.0, 1.0, 1.0])),
        "a: threshold must be in 1e-09..1e+09, not 0",
    ),
    ("leak_is_in_range", changed(CHAIN, "scores", beta=1.5), "scores: beta must be in 0..1, not 1.5"),
]
