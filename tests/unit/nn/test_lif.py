"""The LIF family: parameters, messages, what is saved and printed, and that networks of it learn."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, PLIF, CubaLIF, RepeatTime, TimeSum
from asn2fpga.nn.neuron import SpikingNeuron


def drives(time_steps: int, channels: int = 4) -> Tensor:
    """(T, 3, N) float32."""
    return torch.randn(time_steps, 3, channels, generator=torch.Generator().manual_seed(5)) + 0.5


NEURONS: dict[str, Callable[[int], SpikingNeuron]] = {
    "asn": lambda steps: ASN(4, alpha=-1.0, time_steps=steps),
    "nasn": lambda steps: NASN(4, time_steps=steps),
    "ilif": lambda steps: ILIF(4, time_steps=steps),
    "lif": lambda steps: LIF(0.9, time_steps=steps, amplitude=0.5),
    "hard lif": lambda steps: LIF(0.9, time_steps=steps, reset="hard", v_reset=-0.5),
    "if": lambda steps: IF(time_steps=steps, levels=3, signed=True),
    "plif": lambda steps: PLIF(0.7, time_steps=steps),
    "cuba": lambda steps: CubaLIF(0.6, 0.9, time_steps=steps),
}


@pytest.mark.parametrize("name", NEURONS)
def test_steps_are_the_sequence(name: str) -> None:
    neuron, x = NEURONS[name](6), drives(6)
    state, sent = neuron.start(x[0]), []
    for now in x:
        state, output = neuron.step(state, now)
        sent.append(output)
    assert torch.equal(torch.stack(sent), neuron(x))
    assert torch.equal(neuron(x), neuron(x)), "calls share no state"


@pytest.mark.parametrize("name", NEURONS)
def test_one_time_step_takes_any_shape(name: str) -> None:
    neuron = NEURONS[name](1)
    for shape in ((), (5,), (2, 3, 4, 5)):
        x = torch.full(shape, 1.25)
        assert neuron(x).shape == shape
        assert torch.equal(neuron(x), NEURONS[name](2)(x.expand(2, 1, *shape))[0, 0])


# ---- parameters --------------------------------------------------------------------------------------------


def test_constants_are_buffers_and_learned_numbers_are_parameters() -> None:
    assert dict(LIF().named_parameters()) == {}
    assert sorted(LIF().state_dict()) == ["beta", "threshold"]
    assert sorted(CubaLIF(0.5, 0.5).state_dict()) == ["alpha", "beta", "threshold"]
    learned = LIF(learn_beta=True, learn_threshold=True)
    assert sorted(name for name, _ in learned.named_parameters()) == ["beta", "threshold"]
    assert [name for name, _ in PLIF().named_parameters()] == ["raw_beta"]
    assert sorted(PLIF().state_dict()) == ["raw_beta", "threshold"]


def test_constants_keep_what_was_written() -> None:
    assert LIF(0.9, threshold=0.7).beta.item() == 0.9
    assert LIF(0.9).float().beta.dtype == torch.float32
    given = torch.tensor([0.25, 0.5])
    neuron = LIF(given)
    given.fill_(0.0)
    assert neuron.beta.tolist() == [0.25, 0.5]


def test_plif_starts_with_its_beta() -> None:
    assert PLIF().beta.item() == 0.5
    assert torch.equal(PLIF(torch.tensor([0.1, 0.9])).beta, torch.tensor([0.1, 0.9]))


def test_values_per_channel_are_those_of_each_channel() -> None:
    betas, thresholds, alphas = (
        torch.tensor([0.0, 0.5, 1.0, 0.75]),
        torch.tensor([1.0, 0.5, 2.0, 0.25]),
        [0.5] * 4,
    )
    x = drives(6)
    whole = CubaLIF(torch.tensor(alphas), betas, threshold=thresholds, time_steps=6)(x)
    for channel in range(4):
        single = CubaLIF(
            alphas[channel], betas[channel].item(), threshold=thresholds[channel].item(), time_steps=6
        )
        assert torch.equal(single(x[..., channel]), whole[..., channel])


def test_learned_numbers_stay_in_their_range_and_can_come_back() -> None:
    neuron = LIF(0.5, learn_beta=True, learn_threshold=True, time_steps=2)
    with torch.no_grad():
        neuron.beta.fill_(1.5)
        neuron.threshold.fill_(-1.0)
    assert neuron.effective_beta().item() == 1.0
    assert neuron.effective_threshold().item() == pytest.approx(1e-9)
    (neuron.effective_beta() * 3 + neuron.effective_threshold() * 2).backward()
    assert neuron.beta.grad is not None and neuron.beta.grad.item() == 3.0
    assert neuron.threshold.grad is not None and neuron.threshold.grad.item() == 2.0


def test_a_device_without_double_precision_gets_single() -> None:
    def moved(tensor: Tensor) -> Tensor:
        if tensor.dtype == torch.float64:
            raise TypeError("this device has no float64")
        return tensor.clone()

    neuron = CubaLIF(0.6, 0.9, learn_beta=True)._apply(moved)
    assert [value.dtype for value in neuron.state_dict().values()] == [torch.float32] * 3
    with pytest.raises(TypeError, match=r"^no$"):
        PLIF().float()._apply(lambda _: (_ for _ in ()).throw(TypeError("no")))


@pytest.mark.parametrize("name", NEURONS)
def test_copies_and_state_dicts_compute_the_same(name: str) -> None:
    trained, x = NEURONS[name](6), drives(6)
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.add_(0.25)
    buffer = io.BytesIO()
    torch.save(trained.state_dict(), buffer)
    buffer.seek(0)
    fresh = NEURONS[name](6)
    fresh.load_state_dict(torch.load(buffer, weights_only=True))
    assert torch.equal(fresh(x), trained(x))
    assert torch.equal(copy.deepcopy(trained)(x), trained(x))


def test_other_constants_come_with_a_state_dict() -> None:
    fresh = LIF(0.25, threshold=0.5)
    fresh.load_state_dict(LIF(0.9, threshold=2.0).state_dict())
    assert (fresh.beta.item(), fresh.threshold.item()) == (0.9, 2.0)


# ---- what is printed ---------------------------------------------------------------------------------------

PRINTED: list[tuple[nn.Module, str]] = [
    (LIF(), "LIF(beta=0.5, threshold=1, time_steps=1, reset='soft')"),
    (
        LIF(0.9, reset="hard", v_reset=-0.5, fires=">", decay_input=True, leak="before_reset", levels=3),
        "LIF(beta=0.9, threshold=1, time_steps=1, reset='hard', v_reset=-0.5, fires='>', decay_input=True, "
        "leak='before_reset', levels=3)",
    ),
    (
        IF(time_steps=4, v_min=0, amplitude=0.5, signed=True, surrogate="triangle", learn_threshold=True),
        "IF(beta=1, threshold=1 (learned), time_steps=4, reset='soft', v_min=0.0, amplitude=0.5, "
        "signed=True, surrogate='triangle')",
    ),
    (
        PLIF(torch.tensor([0.5, 0.25]), threshold=torch.ones(2)),
        "PLIF(beta=(2 channels) (learned), threshold=(2 channels), time_steps=1, reset='soft')",
    ),
    (
        CubaLIF(0.8, 0.9, reset="none"),
        "CubaLIF(alpha=0.8, beta=0.9, threshold=1, time_steps=1, reset='none')",
    ),
]


@pytest.mark.parametrize(("module", "text"), PRINTED)
def test_printed_form(module: nn.Module, text: str) -> None:
    assert str(module) == text


# ---- errors ------------------------------------------------------------------------------------------------

NAN = math.nan
BAD: list[tuple[Callable[[], nn.Module], str]] = [
    (lambda: LIF(1.5), "LIF: beta must be a number in 0..1, not 1.5."),
    (lambda: LIF("half"), "LIF: beta must be a number in 0..1, not 'half'."),  # type: ignore[arg-type]
    (lambda: LIF(torch.tensor(-0.5)), "LIF: beta must be a number in 0..1, not -0.5."),
    (lambda: LIF(torch.tensor([0.5, 2.0])), "LIF: beta of channel 1 must be a number in 0..1, not 2.0."),
    (lambda: LIF(torch.tensor([NAN])), "LIF: beta of channel 0 must be a number in 0..1, not nan."),
    (
        lambda: LIF(torch.tensor([[0.5, 0.5], [-1.0, 0.5]])),
        "LIF: beta of channel 1, 0 must be a number in 0..1, not -1.0.",
    ),
    (
        lambda: LIF(torch.zeros(0)),
        "LIF: beta must be a number, or a tensor (N,) for N channels, of a map (C, 1, 1) or (C, H, W), not "
        "(0,).",
    ),
    (lambda: LIF(threshold=0), "LIF: threshold must be a finite number above 0, not 0."),
    (
        lambda: IF(threshold=torch.tensor([1.0, -1.0])),
        "IF: threshold of channel 1 must be a finite number above 0, not -1.0.",
    ),
    (lambda: PLIF(1.5), "PLIF: beta must be a number in 0..1, not 1.5."),
    (lambda: PLIF(1), "PLIF: beta must be above 0 and below 1, as a sigmoid is, not 1."),
    (lambda: CubaLIF(-0.1, 0.5), "CubaLIF: alpha must be a number in 0..1, not -0.1."),
    (lambda: CubaLIF(0.5, 2), "CubaLIF: beta must be a number in 0..1, not 2."),
    (
        lambda: LIF(reset="zero"),  # type: ignore[arg-type]
        "LIF: reset must be one of 'soft', 'hard', 'none', not 'zero'.",
    ),
    (lambda: IF(fires="=="), "IF: fires must be one of '>=', '>', not '=='."),  # type: ignore[arg-type]
    (
        lambda: LIF(leak=0.5),  # type: ignore[arg-type]
        "LIF: leak must be one of 'after_reset', 'before_reset', not 0.5.",
    ),
    (
        lambda: LIF(surrogate="relu"),  # type: ignore[arg-type]
        "LIF: surrogate must be one of 'atan', 'triangle', not 'relu'.",
    ),
    (lambda: LIF(levels=0), "LIF: levels (D) must be an integer in 1..255, not 0."),
    (lambda: LIF(levels=256), "LIF: levels (D) must be an integer in 1..255, not 256."),
    (lambda: LIF(time_steps=0), "LIF: time_steps (T) must be an integer in 1..1024, not 0."),
    (lambda: LIF(amplitude=0.0), "LIF: amplitude must be a finite number above 0, not 0.0."),
    (lambda: LIF(v_reset=NAN), "LIF: v_reset must be a finite number, not nan."),
    (lambda: LIF(reset="hard", v_reset=1), "LIF: v_reset must be below the threshold 1, not 1."),
    (
        lambda: LIF(reset="hard", v_reset=0.5, threshold=torch.tensor([1.0, 0.25])),
        "LIF: v_reset must be below the threshold 0.25, not 0.5.",
    ),
    (lambda: LIF(v_min=0.5), "LIF: v_min must be 0 or below, not 0.5."),
    (lambda: LIF(v_min=-math.inf), "LIF: v_min must be a finite number, not -inf."),
    (
        lambda: LIF(1.0, decay_input=True),
        "LIF: beta must be below 1 with decay_input, not 1; nothing of the input would be left.",
    ),
    (
        lambda: CubaLIF(0.5, torch.tensor([0.5, 1.0]), decay_input=True),
        "CubaLIF: beta must be below 1 with decay_input, not 1; nothing of the input would be left.",
    ),
    (
        lambda: IF(decay_input=True),
        "IF: beta must be below 1 with decay_input, not 1; nothing of the input would be left.",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_parameters_are_refused(make: Callable[[], nn.Module], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(4,), (3, 4), (1, 2, 4)])
def test_a_wrong_time_axis_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as caught:
        CubaLIF(0.5, 0.5, time_steps=2)(torch.zeros(shape))
    assert str(caught.value) == (
        f"CubaLIF: the input must have time as its first axis, 2 steps long, not shape {shape}; "
        "repeat a static input with RepeatTime(2)."
    )


LENGTHS: list[tuple[SpikingNeuron, str]] = [
    (LIF(torch.full((3,), 0.5)), "LIF: beta"),
    (PLIF(torch.full((3,), 0.5)), "PLIF: beta"),
    (IF(threshold=torch.ones(3)), "IF: threshold"),
    (CubaLIF(torch.full((3,), 0.5), 0.5), "CubaLIF: alpha"),
]


@pytest.mark.parametrize(("neuron", "subject"), LENGTHS)
def test_a_wrong_number_of_channels_is_refused(neuron: SpikingNeuron, subject: str) -> None:
    with pytest.raises(InputError) as caught:
        neuron(torch.zeros(2, 5))
    assert str(caught.value) == (
        f"{subject} must have one number for each of the 5 channels of the input (its last axis), "
        "not 3 numbers."
    )


# ---- learning ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEURONS)
def test_gradients_flow_to_all_that_is_learned(name: str) -> None:
    torch.manual_seed(1)
    neuron = NEURONS[name](4)
    network = nn.Sequential(RepeatTime(4), nn.Linear(6, 8), neuron, nn.Linear(8, 2), TimeSum())
    network(torch.randn(5, 6)).square().sum().backward()
    for parameter in network.parameters():
        assert parameter.grad is not None and bool(torch.isfinite(parameter.grad).all())
        assert bool(parameter.grad.any())


@pytest.mark.parametrize("name", ["lif", "hard lif", "if", "plif", "cuba"])
def test_a_small_network_learns_exclusive_or(name: str) -> None:
    torch.manual_seed(0)
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(8, 1)
    x, y = x + 0.05 * torch.randn(x.shape), torch.tensor([0, 1, 1, 0]).repeat(8)
    network = nn.Sequential(RepeatTime(4), nn.Linear(2, 24), NEURONS[name](4), nn.Linear(24, 2), TimeSum())
    optimiser = torch.optim.Adam(network.parameters(), lr=0.03)
    for _ in range(150):
        optimiser.zero_grad()
        scores = network(x)
        if torch.equal(scores.argmax(1), y):
            return
        nn.functional.cross_entropy(scores, y).backward()
        optimiser.step()
    raise AssertionError("not learned")
