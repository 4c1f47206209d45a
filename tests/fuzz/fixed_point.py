"""Random fixed-point expressions: types, rounding, saturation, operators, comparisons, conversions."""

from __future__ import annotations

import random
import re

ROUNDING = ("AP_TRN", "AP_RND", "AP_TRN_ZERO", "AP_RND_ZERO", "AP_RND_INF", "AP_RND_MIN_INF", "AP_RND_CONV")
OVERFLOW = ("AP_WRAP", "AP_SAT", "AP_SAT_ZERO", "AP_SAT_SYM")
_ARITHMETIC = ("+", "-", "*", "&", "|", "^")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_INTEGERS = ("3", "-7", "200u", "ap_int<5>(-9)", "ap_uint<9>(300)", "(short)-300", "true")


def type_of(rng: random.Random) -> str:
    """A type of up to 24 bits, with its point in it or behind it.

    Xilinx's headers stop a program that cuts off more places than a number has bits: types are close.
    """
    width, places = rng.randint(12, 24), rng.choice([rng.randint(-2, 9), rng.randint(1, 9)])
    whole = width - places
    kind = rng.choice(["ap_fixed", "ap_fixed", "ap_ufixed"])
    return f"{kind}<{width}, {whole}, {rng.choice(ROUNDING)}, {rng.choice(OVERFLOW)}>"


def _has_places(declared: str) -> bool:
    """Whether 1 can be added to a number of this type: Xilinx's headers take no other."""
    width, whole = (int(part) for part in re.findall(r"-?\d+", declared)[:2])
    return width >= whole


def number(rng: random.Random) -> str:
    """A literal: small, large, with few binary places or many."""
    value = rng.choice(
        [rng.uniform(-3, 3), rng.uniform(-500, 500), rng.randint(-64, 64) / 16, rng.uniform(-1, 1) / 1000]
    )
    return f"{value!r}"


def block(seed: int) -> str:
    """One block of C++: numbers of random types, what becomes of them in others, and of two of them."""
    rng = random.Random(seed)
    lines = []
    names = [f"v{index}" for index in range(4)]
    types = {name: type_of(rng) for name in names}
    for name, declared in types.items():
        lines.append(f"{declared} {name} = {number(rng)}; show({name});")
    for name in names:
        lines.append(f"show({type_of(rng)}({name}));")
        lines.append(
            f"{name} = {rng.choice(names)} {rng.choice(_ARITHMETIC)} {rng.choice(names)}; show({name});"
        )
    for _ in range(3):
        a, b = rng.choice(names), rng.choice([*names, rng.choice(_INTEGERS)])
        lines.append(f"show({a} {rng.choice(_ARITHMETIC)} {b});")
        lines.append(f"show({type_of(rng)}({b} {rng.choice(_ARITHMETIC)} {a}));")
        lines.append(f"show(bool({a} {rng.choice(_COMPARISONS)} {b}));")
    a, b = rng.sample(names, 2)
    lines.append(f"show(bool({a} {rng.choice(_COMPARISONS)} {number(rng)}));")
    lines.append(f"show(int({a}.to_int())); show(ap_int<40>({b})); show(-{a}); show(~{b});")
    lines.append(f"{a} {rng.choice(['+=', '-=', '*='])} {b}; show({a});")
    if _has_places(types[b]):
        lines.append(f"{b}++; show({b}); --{b}; show({b});")
    lines.append(f"show({a} >> {rng.randint(0, 5)}); show({b} << {rng.randint(0, 5)});")
    lines.append(f"{a}[0] = !{a}[0]; show({a}); show(ap_uint<30>({b}.range()));")
    return "\n".join([f"void block{seed}() {{", *(f"  {line}" for line in lines), "}"])
