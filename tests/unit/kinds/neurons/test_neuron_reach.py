"""What membranes can reach: exact for a range of potentials, and types that hold all of it."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive, graded, leaks_of, membrane_of
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.membrane import Leak, Membrane, Synaptic
from asn2fpga.kinds.neurons.reach import Firing, membrane_types, rest_range
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

TYPE = FixedType(48, True)


def asn(alpha: float = 0.0, beta: float = 0.5, levels: int = 2) -> NeuronSemantics:
    return NeuronSemantics(model="asn", levels=levels, alpha=alpha, beta=beta, integer_alpha=False)


def drive(neurons: int = 1, sums: int = 1000) -> Drive:
    zeros = np.zeros(neurons, np.int64)
    ranges = np.full(neurons, -sums), np.full(neurons, sums)
    return Drive("fc1", np.full(neurons, 0.01), zeros, zeros.astype(float), ranges, TYPE)


def converted(semantics: NeuronSemantics) -> tuple[Membrane, Firing]:
    levels = levels_of(semantics, 2)
    membrane, thresholds = membrane_of(semantics, levels, drive(), leaks_of(semantics), frac_bits=4)
    return membrane, Firing(thresholds, [levels.base + value for value in levels.values])


@dataclass(frozen=True)
class Step:
    """What becomes of one potential: H, and every value on the way to it, which hardware computes with."""

    rest: int
    between: tuple[int, ...]


def step(membrane: Membrane, potential: int, spike: int) -> Step:
    """The equations of docs/spec/numerics.md in plain integers, for a membrane of one neuron."""
    reset = int(membrane.resets[0])
    towards = reset if membrane.reset == "hard" else 0

    def leaked(value: int) -> int:
        half = (1 << membrane.leak.shift) >> 1
        return (((value - towards) * membrane.leak.multiplier + half) >> membrane.leak.shift) + towards

    def fired(value: int) -> int:
        if membrane.reset == "soft":
            return value - spike * reset
        return reset if membrane.reset == "hard" and spike else value

    def floored(value: int) -> int:
        return value if membrane.floors is None else max(value, int(membrane.floors[0]))

    if membrane.leak_order == "before_reset":
        low = leaked(potential)
        rest = floored(fired(low))
        return Step(rest, (potential, low, fired(low), rest, potential - towards))
    low = floored(fired(potential))
    return Step(leaked(low), (potential, fired(potential), low, leaked(low), low - towards))


def spike_of(firing: Firing, potential: int) -> int:
    level = sum(potential >= threshold for threshold in firing.thresholds[0].tolist())
    return firing.spikes[level]


FAMILY = [
    Membrane(
        state_frac_bits=0,
        bias=np.array([1]),
        leak=Leak(3, 2),
        leak_order=order,  # type: ignore[arg-type]
        reset=reset,  # type: ignore[arg-type]
        resets=np.array([{"soft": 9, "hard": -7, "none": 0}[reset]]),
        floors=floors,
        state_type=TYPE,
    )
    for order in ("after_reset", "before_reset")
    for reset in ("soft", "hard", "none")
    for floors in (None, np.array([-11]))
]
RANGES = [(-60, 70), (0, 9), (-40, -20), (25, 31), (10, 10)]


@pytest.mark.parametrize("membrane", FAMILY, ids=lambda m: f"{m.reset} {m.leak_order} {m.floors}")
@pytest.mark.parametrize("spikes", [(0, 1, 2), (-1, 0, 3), (-2, -1, 0)])
@pytest.mark.parametrize(("low", "high"), RANGES)
def test_the_range_of_the_rest_is_exact(
    membrane: Membrane, spikes: tuple[int, ...], low: int, high: int
) -> None:
    firing = Firing(np.array([[10, 20]]), spikes)
    rest, between = rest_range(membrane, firing, (np.array([low]), np.array([high])))
    steps = [step(membrane, u, spike_of(firing, u)) for u in range(low, high + 1)]
    rests = [found.rest for found in steps]
    assert (int(rest[0][0]), int(rest[1][0])) == (min(rests), max(rests))
    seen = [value for found in steps for value in found.between]
    reached = [low, high, *itertools.chain(*between)]
    assert min(reached) <= min(seen) and max(seen) <= max(reached)


@pytest.mark.parametrize("alpha", [-1.0, 0.0, 2.0, 0.25])
@pytest.mark.parametrize(("low", "high"), [(-5000, 7000), (0, 900), (-3000, -2000), (3000, 3100)])
def test_the_range_of_rounding_neurons_is_exact(alpha: float, low: int, high: int) -> None:
    membrane, firing = converted(asn(alpha))
    rest, _ = rest_range(membrane, firing, (np.array([low]), np.array([high])))
    rests = [step(membrane, u, spike_of(firing, u)).rest for u in range(low, high + 1)]
    assert (int(rest[0][0]), int(rest[1][0])) == (min(rests), max(rests))


def widths(membrane: Membrane, firing: Firing) -> list[int]:
    sums = (np.array([-1000]), np.array([1000]))
    return [membrane_types("fc1", membrane, firing, sums, n).potential.width_bits for n in (2, 3, 8, 64)]


def test_types_grow_with_the_time_steps_until_the_leak_holds_them() -> None:
    assert widths(*converted(asn(beta=0.5))) == [16, 16, 16, 16]
    assert widths(*converted(asn(beta=1.0))) == [16, 17, 18, 21]


def test_a_synaptic_current_grows_by_its_own_leak() -> None:
    membrane, firing = converted(asn(beta=0.5))
    held = replace(membrane, synaptic=Synaptic(leak=Leak(1, 0), type=TYPE))
    sums = (np.array([-1000]), np.array([1000]))
    found = [membrane_types("fc1", held, firing, sums, steps).current.width_bits for steps in (1, 2, 8)]
    assert found == [15, 16, 18]  # 16000, 32000 and 128000 of either sign
    assert membrane_types("fc1", membrane, firing, sums, 8).current.width_bits == 15


@pytest.mark.parametrize("membrane", FAMILY, ids=lambda m: f"{m.reset} {m.leak_order} {m.floors}")
@pytest.mark.parametrize("synaptic", [None, Leak(1, 1)])
def test_types_hold_whatever_a_short_sequence_of_sums_does(membrane: Membrane, synaptic: Leak | None) -> None:
    built = replace(membrane, synaptic=None if synaptic is None else Synaptic(leak=synaptic, type=TYPE))
    firing, steps, sums = Firing(np.array([[10, 20]]), (-1, 0, 2)), 4, (-30, -9, 4, 30)
    types = membrane_types("fc1", built, firing, (np.array([-30]), np.array([30])), steps)
    kept = (types.state.min, types.state.max)
    for sequence in itertools.product(sums, repeat=steps):
        state, current = int(built.start[0]), 0
        for index, acc in enumerate(sequence):
            assert kept[0] <= state <= kept[1]
            left = 0 if synaptic is None else int(synaptic.apply(np.array([current]))[0])
            current = left + acc + int(built.bias[0])
            assert types.current.min <= current <= types.current.max
            assert synaptic is None or types.potential.min <= current <= types.potential.max
            potential = state + current
            found = step(built, potential, spike_of(firing, potential))
            assert types.potential.min <= min(found.between) <= max(found.between) <= types.potential.max
            state = found.rest
            assert index < steps


def test_potentials_hold_the_current_that_charges_them_and_what_a_reset_leaves() -> None:
    firing, sums = Firing(np.array([[-1400]]), (0, 1)), (np.array([0]), np.array([3000]))
    low = replace(FAMILY[0], reset="hard", resets=np.array([-1500]), bias=np.array([0]))
    charged = replace(low, synaptic=Synaptic(leak=Leak(0, 0), type=TYPE))
    # potentials are -1500..1500, and what is above the reset where nothing fires 0..99
    assert str(membrane_types("fc1", low, firing, sums, 1).potential) == "s12"
    assert str(membrane_types("fc1", charged, firing, sums, 1).potential) == "s13"
    raised = replace(low, reset="soft", resets=np.array([1]), floors=np.array([5000]))
    assert str(membrane_types("fc1", raised, firing, sums, 1).potential) == "s14"


def test_what_is_too_wide_is_refused_by_name() -> None:
    membrane, firing = converted(asn())
    with pytest.raises(UnsupportedError) as error:
        membrane_types("fc1", membrane, firing, (np.array([-(2**46)]), np.array([2**46])), 2)
    assert str(error.value) == (
        "fc1: the membrane must fit 48 bits, not 52; "
        "rescale the layer's weights and bias or use fewer time steps."
    )


def test_many_levels_and_time_steps_take_seconds() -> None:
    start = time.process_time()
    graded(asn(levels=255), drive(neurons=64), 256, 4, None)
    assert time.process_time() - start < 10
