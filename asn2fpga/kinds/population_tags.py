"""Names of the projections of a population, for what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population


def tags(node: Population) -> list[str]:
    """A name for each projection, by what it reads; of several from one layer the later ones have numbers."""
    found: list[str] = []
    for number, name in enumerate(node.inputs):
        tag = f"from_{name}" + ("_currents" if node.reads(number) == "currents" else "")
        earlier = sum(other == tag or other.startswith(f"{tag}_again") for other in found)
        found.append(tag if not earlier else f"{tag}_again{earlier}")
    return found
