"""Functions as tables: their error, the addresses of integers, torch, and what is refused."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.lookup import Address, lookup
from asn2fpga.kinds.neurons.semantics import fire
from asn2fpga.kinds.neurons.table import FUNCTIONS, Table
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import Lookup

NEURONS = 3
TABLES = [
    (Table("sigmoid", 10, 8.0, 7), 0.25),
    (Table("sigmoid", 8, 4.0, 8), 0.25),
    (Table("tanh", 12, 4.0, 7), 1.0),
    (Table("exp", 9, 1.5, 5), math.exp(1.5)),
]


def drive(scale: float = 2.0**-8) -> Drive:
    ends = (np.full(NEURONS, -3000, np.int64), np.full(NEURONS, 3000, np.int64))
    bias, offset = np.array([0.0, 0.3, -1.7]), np.array([0, 5, -3])
    scales = np.array([scale, scale * 0.7, scale * 0.01])
    return Drive("fc1", scales, offset, bias, ends, FixedType(13, True))


@pytest.mark.parametrize(("table", "slope"), TABLES)
def test_the_error_is_half_a_step_and_half_a_unit(table: Table, slope: float) -> None:
    """But for the last entry, which stands for a step more than it should: the end is cut off."""
    bound = table.step * slope + 2.0 ** -(table.frac_bits + 1)
    assert 0 < table.error <= bound
    x = np.linspace(-table.limit, table.limit, 1001)
    assert np.abs(table.evaluate(x) - FUNCTIONS[table.function](x)).max() <= table.error


def test_inputs_beyond_the_limit_are_those_at_the_end() -> None:
    table = Table("tanh", 8, 2.0, 7)
    assert table.evaluate(np.array([-50.0, 50.0])).tolist() == [table.values[0] / 128, table.values[-1] / 128]
    assert len(table.values) == 256 and Table("exp", 8, 8.0, 7).values.max() == 255


@pytest.mark.parametrize(("table", "_"), TABLES)
def test_integers_are_the_table_at_exact_addresses_or_the_next_one(table: Table, _: float) -> None:
    neuron, given = lookup(table, drive()), drive()
    acc = np.random.default_rng(1).integers(-3000, 3001, (200, 1, NEURONS))
    found, half = neuron.run(acc, 2), 1 << (table.address_bits - 1)
    assert found.shape == (200, 2, NEURONS)
    moved = 0
    for row, n in np.ndindex(200, NEURONS):
        x = Fraction(float(given.scale[n])) * int(acc[row, 0, n] + given.offset[n]) + Fraction(
            float(given.bias[n])
        )
        k = min(max((x / Fraction(table.step) + Fraction(1, 2)).__floor__(), -half), half - 1)
        address = neuron.address.of(acc[row, 0])[n] - half
        moved += int(address != k)
        assert abs(address - k) <= 1
        assert found[row, 0, n] == table.values[address + half]
    assert moved < 10


@pytest.mark.parametrize(("table", "_"), TABLES)
def test_torch_is_the_definition(table: Table, _: float) -> None:
    module = Lookup(
        table.function, address_bits=table.address_bits, limit=table.limit, frac_bits=table.frac_bits
    )
    x = torch.linspace(-1.2 * table.limit, 1.2 * table.limit, 500, dtype=torch.float64)[None, None]
    semantics = neuron_semantics(module)
    np.testing.assert_array_equal(module(x).numpy(), fire(semantics, x.numpy()))
    assert module.error == table.error and not semantics.keeps_a_membrane(4)


@pytest.mark.parametrize("limit", [8.0, 64.0, 256.0])
@pytest.mark.parametrize("function", ["exp", "tanh"])
def test_float32_is_the_definition_too(function: Any, limit: float) -> None:
    """However much larger the function is than its table."""
    module = Lookup(function, limit=limit)
    x = torch.arange(-700, 700)[None, None] * (module.table.step * 0.875)
    x = x.float().requires_grad_()
    sent = module(x)
    np.testing.assert_array_equal(sent.detach().numpy(), fire(neuron_semantics(module), x.detach().numpy()))
    sent.sum().backward()
    assert x.grad is not None and torch.isfinite(x.grad).all() and (x.grad > 0).any()


def test_gradients_are_those_of_the_function() -> None:
    x = torch.tensor([-9.0, -0.5, 0.5, 9.0], dtype=torch.float64, requires_grad=True)
    Lookup("sigmoid")(x).sum().backward()
    inner = torch.sigmoid(torch.tensor(0.5, dtype=torch.float64)).item()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), [0, inner * (1 - inner), inner * (1 - inner), 0], atol=1e-12)


NEURON = lookup(TABLES[0][0], drive())
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"table": NEURON.table[:-1]}, "the shape of table must be (1024,), not (1023,)"),
    ({"table": NEURON.table - 300}, "the smallest entry must be in -255..255, not -300"),
    ({"table": NEURON.table + 300}, "the smallest entry must be in -255..255, not 300"),
    ({"frac_bits": 9}, "frac_bits must be in 0..8, not 9"),
    ({"shift": 41}, "shift of an address must be in 0..40, not 41"),
    ({"bits": 13}, "bits of an address must be in 8..12, not 13"),
    ({"factors": np.array([1, 2])}, "the shape of factors must be (3,), not (2,)"),
    ({"factors": np.array([1, -2, 1])}, "the smallest factor must be in 0..131072, not -2"),
    ({"factors": np.array([1, 2, 1 << 18])}, "the largest factor must be in 0..131072, not 262144"),
    ({"offsets": np.zeros(4, np.int64)}, "the shape of offsets must be (3,), not (4,)"),
]


@pytest.mark.parametrize(("fields", "message"), BROKEN)
def test_numbers_that_do_not_fit_together(fields: dict[str, Any], message: str) -> None:
    known = {field.name for field in dataclasses.fields(Address)}
    address = dataclasses.replace(NEURON.address, **{k: v for k, v in fields.items() if k in known})
    neuron = dataclasses.replace(
        NEURON, address=address, **{k: v for k, v in fields.items() if k not in known}
    )
    assert NEURON.complaints(NEURONS, drive().sums, drive().acc_type) == ""
    assert neuron.complaints(NEURONS, drive().sums, drive().acc_type) == message


def test_sums_that_are_far_from_a_table() -> None:
    with pytest.raises(UnsupportedError) as caught:
        lookup(TABLES[0][0], drive(2.0**20))
    assert str(caught.value) == (
        "fc1: a unit of the sums must be 2^-23..1 steps of its table, not 6.71089e+07; scale the weights, or "
        "choose another limit."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function": "log"}, "Lookup: function must be one of 'sigmoid', 'tanh', 'exp', not 'log'."),
        ({"address_bits": 13}, "Lookup: address_bits (A) must be an integer in 8..12, not 13."),
        ({"limit": 0.0}, "Lookup: limit must be a number in 0.00390625..256, not 0.0."),
        ({"frac_bits": 9}, "Lookup: frac_bits must be an integer in 0..8, not 9."),
    ],
)
def test_parameters_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Lookup(**options)
    assert str(caught.value) == message
