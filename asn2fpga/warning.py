"""What a person should know before trusting a figure: the place, the likely cause and the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BuildWarning:
    """One warning of a build, as report.json holds it.

    code: what kind it is, a stable word for programs (`chance_accuracy`); where: layer, file or option;
    text: one sentence without its full stop; hint: what to change, or empty.
    """

    code: str
    where: str
    text: str
    hint: str = ""

    @property
    def sentence(self) -> str:
        """`where: text; hint.`, or with the question mark of a hint that asks."""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.where}: {self.text}{hint}{'' if hint.endswith('?') else '.'}"
