"""Rules of the choice of hardware, each with the edit that breaks it (`make mutate`)."""

from __future__ import annotations

from fuzz.mutation import Mutation

CHOICES = (
    Mutation(
        "a ring of up to 512 words is a power of two",
        "kinds/maps/ring.py",
        "if held <= LARGEST_POWER else held",
        "",
    ),
    Mutation(
        "an arithmetic shift copies the sign", "engine/ir/operations.py", ">>> {texts[1]}", ">> {texts[1]}"
    ),
    Mutation(
        "products take no more slices than the budget has",
        "passes/place_products.py",
        "if changed <= max(budget.dsp, slices):",
        "if changed <= max(budget.dsp, slices) + 1:",
    ),
    Mutation(
        "slices go first where each saves most look-up tables",
        "passes/place_products.py",
        "sorted(found, key=lambda entry: entry[:3], reverse=True)",
        "sorted(found, key=lambda entry: entry[:3])",
    ),
    Mutation(
        "slices only where they save look-up tables",
        "passes/place_products.py",
        "if slices < 0 or (slices > 0 and saved > ROUNDING):",
        "if slices != 0:",
    ),
    Mutation(
        "firing in parts keeps a layer's interval near its bound",
        "passes/fold_firing.py",
        'return optimise != "area" and not _is_near_its_bound(graph, name, predictions), figure, lut',
        "return False, figure, lut",
    ),
    Mutation(
        "of equally fast parts that fire the smallest is taken",
        "passes/fold_firing.py",
        "predictions), figure, lut",
        "predictions), figure, -lut",
    ),
)
