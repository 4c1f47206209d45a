"""What every integer kind computes, against the formula written out by hand or in plain Python."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from mixed_graphs import mixed_graph
from neuron_arithmetic import PlainNeurons, plain_network
from strategies import random_inputs

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.matmul import weighted_sums
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.membrane import Leak, Membrane, Synaptic
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.synapses.contract import Synapse
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne

S16 = FixedType(16, True)
WEIGHT = np.array([[1, -2], [3, 0]])
DENSE = Dense(weight=WEIGHT, weight_bits=3)


def edge(time_steps: int = 1, frame: bool = False, carries: str = "events") -> Edge:
    fixed = FixedType(8, False) if carries == "events" else S16
    return Edge((2,), carries, fixed, 0, fixed.max, time_steps, frame)  # type: ignore[arg-type]


def population(
    neuron: Graded | Integrator | LeakyIntegrator, time_steps: int = 1, *more: Projection
) -> Population:
    """Dense synapses from `in`, and more projections from anything."""
    own = Projection(name="fc", synapse=DENSE)
    inputs = ("in", *("fc" if projection.steps_late else "in" for projection in more))
    return Population(
        name="fc",
        inputs=inputs,
        projections=(own, *more),
        neuron=neuron,
        acc_type=S16,
        time_steps=time_steps,
    )


def run(node: Population, *inputs: Array, frames: tuple[bool, ...] = ()) -> Array:
    """What a population sends; frames: whether an input is one."""
    edges = [
        edge(node.time_steps, still, projection.synapse.reads)
        for projection, still in itertools.zip_longest(node.projections, frames, fillvalue=False)
        if isinstance(projection, Projection)
    ]
    return node.run(edges, inputs).sent


def stateless() -> Graded:
    return Graded(
        thresholds=np.array([[0, 2], [4, 4]]),
        level_values=(0, 3, 5),
        count_type=FixedType(3, False),
        threshold_type=S16,
        potential_type=S16,
    )


def stateful(base: int = 0, **fields: Any) -> Graded:
    """Two neurons with F = 2, a leak of 1/2 and soft steps of 16; `fields` are those of the membrane."""
    membrane = Membrane(
        state_frac_bits=2, bias=np.array([1, 0]), leak=Leak(1, 1), resets=np.array([16, 16]), state_type=S16
    )
    return Graded(
        thresholds=np.array([[8, 24], [8, 24]]),
        level_values=(0, 1, 2),
        count_type=FixedType(2, False),
        threshold_type=S16,
        potential_type=S16,
        base=base,
        membrane=replace(membrane, **fields),
    )


def test_encode_flattens_in_c_order() -> None:
    layer = Encode(name="e", shape=(2, 2), max_count=255, time_steps=3)
    frames = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    assert layer.run((), [frames]).sent.tolist() == [[[0, 1, 2, 3]], [[4, 5, 6, 7]]]


def test_receive_events_keeps_time() -> None:
    layer = ReceiveEvents(name="r", shape=(1, 2), max_count=255, time_steps=2)
    assert layer.run((), [np.arange(4).reshape(1, 2, 1, 2)]).sent.tolist() == [[[0, 1], [2, 3]]]


def test_stateless_neurons_count_thresholds_reached() -> None:
    # acc = [1*4 - 2*1, 3*4] = [2, 12], [1*1 - 2*1, 3*1] = [-1, 3]
    counts = np.array([[[4, 1]], [[1, 1]]])
    assert run(population(stateless()), counts).tolist() == [[[5, 5]], [[0, 0]]]


def test_a_frame_is_fired_at_every_step() -> None:
    fired = run(population(stateless(), 3), np.array([[[4, 1]]]), frames=(True,))
    assert fired.tolist() == [[[5, 5]] * 3]


def test_stateful_neurons_keep_the_rest() -> None:
    # Neuron 0: drive 4 * acc + 1.   step 1: acc 3, U = 13, count 1, rest -3, H = (-3 + 1) >> 1 = -1
    # step 2: acc 5, U = 21 - 1 = 20, count 1, rest 4, H = 2.  step 3: acc 0, U = 3, count 0
    # Neuron 1: 9: U = 36, count 2, rest 4, H = 2; 15: U = 62, count 2, rest 30, H = 15; 0: U = 15, count 1
    counts = np.array([[[3, 0], [5, 0], [0, 0]]])
    assert run(population(stateful(), 3), counts).tolist() == [[[1, 2], [1, 2], [0, 1]]]


def test_the_base_is_subtracted_by_the_reset() -> None:
    # base -1: neuron 0 at rest sends count 0, S = -1: U = 1, rest 17, H = 9; U = 10, count 1, S = 0, rest 10
    counts = np.zeros((1, 3, 2), dtype=np.int64)
    fired = run(population(stateful(base=-1), 3), counts)
    assert fired[0, :, 0].tolist() == [0, 1, 0]


def test_a_static_sum_drives_every_step() -> None:
    moving = run(population(stateful(), 3), np.array([[[3, 1]] * 3]))
    static = run(population(stateful(), 3), np.array([[[3, 1]]]), frames=(True,))
    assert np.array_equal(moving, static)


def test_the_leak_rounds_half_up() -> None:
    values = np.array([-3, -2, -1, 0, 1, 2, 3])
    assert Leak(1, 1).apply(values).tolist() == [-1, -1, 0, 0, 1, 1, 2]
    assert Leak(1, 0).apply(values).tolist() == values.tolist()
    assert Leak(5, 3).apply(values).tolist() == [-2, -1, -1, 0, 1, 1, 2]  # 1.875, 1.25, 0.625


def rest(neuron: Graded, potential: list[int], spike: list[int]) -> list[int]:
    """H of the two neurons of `stateful`, at a leak of 1/2."""
    assert neuron.membrane is not None
    found: list[int] = neuron.membrane.rest(np.array(potential), np.array(spike)).tolist()
    return found


def test_what_is_left_of_a_membrane() -> None:
    assert rest(stateful(), [20, 50], [1, 2]) == [2, 9]
    hard = stateful(reset="hard", resets=np.array([-6, 3]))
    assert rest(hard, [20, 20], [1, 0]) == [-6, 12]  # 3 + half of 17
    assert rest(hard, [20, 20], [0, -1]) == [7, 3]  # a spike of either sign
    assert rest(stateful(reset="none"), [20, 50], [1, 2]) == [10, 25]
    floor = np.array([-3, -100])
    assert rest(stateful(floors=floor), [-20, -20], [0, 0]) == [-1, -10]  # the leak comes after the floor
    assert rest(stateful(floors=floor, leak_order="before_reset"), [-20, -20], [0, 0]) == [-3, -10]
    assert rest(stateful(leak_order="before_reset"), [20, 50], [1, 2]) == [-6, -7]
    assert rest(stateful(leaks=np.array([2, 0])), [20, 50], [1, 2]) == [4, 0]


def test_a_hard_reset_is_also_where_membranes_start() -> None:
    hard = stateful(reset="hard", resets=np.array([9, -9]))
    nothing = np.zeros((1, 2, 2), dtype=np.int64)
    # Neuron 0 starts at 9: U = 10, count 1, H = 9: again. Neuron 1 stays at -9.
    assert run(population(hard, 2), nothing).tolist() == [[[1, 0], [1, 0]]]


def test_a_synaptic_current_is_kept_beside_the_membrane() -> None:
    neuron = stateful(
        synaptic=Synaptic(leak=Leak(1, 2), type=S16), leak=Leak(0, 0), bias=np.array([0, 0]), reset="none"
    )
    # acc 8, 0, 0: I = 32, 8, 2; nothing of the membrane is left, so U = I.
    counts = np.array([[[8, 0], [0, 0], [0, 0]]])
    assert run(population(neuron, 3), counts)[0, :, 0].tolist() == [2, 1, 0]


def test_readout_sums_over_time_and_shifts_the_sum_not_the_bias() -> None:
    neuron = Integrator(bias=np.array([10, -10]), shift=np.array([0, 3]))
    scores = run(population(neuron, 2), np.array([[[1, 1], [2, 0]]]))
    assert scores.tolist() == [[[10 - 1 + 2, -10 + 8 * (3 + 6)]]]


@pytest.mark.parametrize(("output", "expected"), [("last", 10), ("max", 33), ("sum", 30 + 33 + 15 + 10)])
def test_a_leaky_readout_gives_what_becomes_of_its_membranes(
    output: Literal["last", "max", "sum"], expected: int
) -> None:
    # 4 acc + 2 at each step, and half of what was there: 30, 15 + 18, 17 - 2, 8 + 2
    neuron = LeakyIntegrator(
        output_of=output,
        leak=Leak(1, 1),
        state_frac_bits=2,
        bias=np.array([2, 0]),
        shift=np.array([0, 3]),
        state_type=S16,
        total_type=S16,
    )
    acc = np.array([[[7, 1], [4, 0], [-1, 0], [0, 0]]])
    assert neuron.scores(acc)[0, 0] == expected
    assert neuron.scores(acc)[0, 1] == 8 * {"last": 1, "max": 4, "sum": 4 + 2 + 1 + 1}[output]


def test_a_leaky_readout_of_a_frame_is_charged_at_every_step() -> None:
    neuron = LeakyIntegrator(
        output_of="sum",
        leak=Leak(1, 0),
        state_frac_bits=0,
        bias=np.zeros(2, np.int64),
        shift=np.zeros(2, np.int64),
        state_type=S16,
        total_type=S16,
    )
    scores = run(population(neuron, 3), np.array([[[4, 1]]]), frames=(True,))
    assert scores.tolist() == [[[2 * (1 + 2 + 3), 12 * (1 + 2 + 3)]]]


@pytest.mark.parametrize(
    ("synapse", "values", "expected"),
    [
        (DENSE, [[4, 1], [0, 2]], [[2, 12], [-4, 0]]),
        (OneToOne(weight=np.array([3, -2]), weight_bits=3), [[4, 1], [0, 2]], [[12, -2], [0, -4]]),
        (CurrentIdentity(size=2), [[400, -1], [0, 2]], [[400, -1], [0, 2]]),
    ],
)
def test_sums_of_synapses(synapse: Synapse, values: list[list[int]], expected: list[list[int]]) -> None:
    assert synapse.sums(edge(carries=synapse.reads), np.array(values)).tolist() == expected


def test_projections_add_up_each_in_its_own_unit() -> None:
    one = Projection(name="one", synapse=OneToOne(weight=np.array([3, -2]), weight_bits=3), shift=2)
    same = Projection(name="same", synapse=CurrentIdentity(size=2), shift=1)
    node = population(Integrator(bias=np.zeros(2, np.int64), shift=np.zeros(2, np.int64)), 1, one, same)
    counts = np.array([[[4, 1]]])
    expected = [2 + 4 * 12 + 2 * 7, 12 - 4 * 2 - 2 * 5]
    assert run(node, counts, counts, np.array([[[7, -5]]])).tolist() == [[expected]]


def test_a_frame_beside_events_counts_at_each_time_step() -> None:
    one = Projection(name="one", synapse=OneToOne(weight=np.array([1, 1]), weight_bits=3))
    node = population(Integrator(bias=np.zeros(2, np.int64), shift=np.zeros(2, np.int64)), 3, one)
    frame, events = np.array([[[4, 1]]]), np.array([[[1, 0], [0, 5], [0, 0]]])
    assert run(node, frame, events, frames=(True, False)).tolist() == [[[3 * 2 + 1, 3 * 12 + 5]]]


def test_a_population_reads_what_it_sent_a_step_ago() -> None:
    itself = Projection(
        name="own", synapse=Dense(weight=np.array([[0, 1], [1, 0]]), weight_bits=2), shift=2, steps_late=1
    )
    node = population(stateless(), 4, itself)
    counts = np.array([[[1, 0], [0, 0], [0, 0], [0, 0]]])
    found = node.run([edge(4), node.output(())], [counts])
    assert found.currents is not None
    assert found.currents.tolist() == [[[1, 3], [0, 12], [20, 12], [20, 20]]]
    assert found.sent.tolist() == [[[3, 0], [3, 5], [5, 5], [5, 5]]]


def test_before_the_first_step_a_population_finds_the_count_that_stands_for_0() -> None:
    itself = Projection(
        name="own", synapse=Dense(weight=np.array([[0, 1], [1, 0]]), weight_bits=2), steps_late=1
    )
    node = population(replace(stateless(), base=-3), 2, itself)
    assert node.start_count == 3
    found = node.run([edge(2), node.output(())], [np.zeros((1, 2, 2), dtype=np.int64)])
    assert found.currents is not None
    assert found.currents.tolist() == [[[3, 3], [0, 5]]]


def test_currents_are_sent_as_they_are_before_the_neurons() -> None:
    found = population(stateless(), 3).run([edge(3, frame=True)], [np.array([[[4, 1]]])])
    assert found.currents is not None
    assert found.currents.tolist() == [[[2, 12]]]  # of a frame once
    readout = population(Integrator(bias=np.zeros(2, np.int64), shift=np.zeros(2, np.int64)))
    assert readout.run([edge()], [np.array([[[4, 1]]])]).currents is None


@pytest.mark.parametrize("largest", [2**7, 2**20, 2**45])
def test_sums_are_exact_whatever_way_they_are_made(largest: int) -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, largest, (20, 50), endpoint=True)
    weight = random.integers(-127, 128, (10, 50))
    expected = [
        [sum(c * w for c, w in zip(row, col, strict=True)) for col in weight.tolist()]
        for row in counts.tolist()
    ]
    assert weighted_sums(counts, weight, largest).tolist() == expected


CHOICES: dict[str, tuple[Any, ...]] = {
    "reset": ("soft", "hard", "none"),
    "leak_order": ("after_reset", "before_reset"),
    "leaks": (None, np.array([5, 0, 8, 3])),
    "floors": (None, np.array([-40, 0, -7, -300])),
    "synaptic": (None, Synaptic(leak=Leak(3, 2), type=FixedType(32, True))),
}


@pytest.mark.parametrize("choice", list(itertools.product(*CHOICES.values())))
def test_all_membranes_are_those_of_plain_arithmetic(choice: tuple[Any, ...]) -> None:
    random = np.random.default_rng(5)
    membrane = Membrane(
        state_frac_bits=2,
        bias=random.integers(-50, 50, 4),
        leak=Leak(5, 3),
        resets=random.integers(-20, 200, 4),
        state_type=FixedType(32, True),
        **dict(zip(CHOICES, choice, strict=True)),
    )
    neuron = Graded(
        thresholds=np.sort(random.integers(-200, 400, (4, 5)), axis=1),
        level_values=(-2, -1, 0, 1, 3, 4),
        count_type=FixedType(4, True),
        threshold_type=S16,
        potential_type=FixedType(32, True),
        base=1,
        membrane=membrane,
    )
    acc: IntArray = random.integers(-60, 90, (7, 12, 4))
    found = neuron.run(acc, 12)
    for drive, counts in zip(acc, found, strict=True):
        plain = PlainNeurons(neuron)
        assert [plain.step(step.tolist()) for step in drive] == counts.tolist()


@pytest.mark.parametrize("frames", [True, False])
def test_a_network_of_all_projections_is_that_of_plain_arithmetic(frames: bool) -> None:
    graph = mixed_graph(frames)
    x = random_inputs(graph, 20)
    trace = simulate(graph, x)
    for index in range(len(x)):
        loop, both, scores = plain_network(graph, x[index])
        assert trace.counts["loop"][index].tolist() == loop
        assert trace.counts["both"][index].tolist() == both
        assert trace.scores[index].tolist() == scores
