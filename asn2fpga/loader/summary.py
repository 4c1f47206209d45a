"""What `save` understood of a module, in a few lines that a person can check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True)
class LayerSummary:
    """One layer: its name in every later message, what it is, the shape of its output for one sample."""

    name: str
    text: str
    shape: Shape


@dataclass(frozen=True)
class ModelSummary:
    """What was written to `path`. trained_accuracy: 0..1, of the module itself on the calibration samples."""

    path: Path
    layers: tuple[LayerSummary, ...]
    encoding: Literal["frames", "events"]
    input_shape: Shape
    time_steps: int
    input_scale: float
    max_count: int
    calibration_samples: int
    trained_accuracy: float | None
    warnings: tuple[BuildWarning, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        width = max(len(layer.name) for layer in self.layers)
        lines = [
            f"{self.path}: {self._input()}",
            *(f"  {layer.name:{width}}  {layer.text} -> {_sizes(layer.shape)}" for layer in self.layers),
            f"  {self._samples()}",
            *(f"  note: {note}." for note in self.notes),
            *(f"  warning: {warning.sentence}" for warning in self.warnings),
        ]
        return "\n".join(lines)

    def _input(self) -> str:
        steps = f"{self.time_steps} time step{'s' if self.time_steps > 1 else ''}"
        kind = "frames" if self.encoding == "frames" else "events, counts"
        return (
            f"{kind} of {_sizes(self.input_shape)}, integers 0..{self.max_count}, the module sees "
            f"{show_scale(self.input_scale)} for 1, {steps}"
        )

    def _samples(self) -> str:
        if self.calibration_samples == 0:
            return (
                "no calibration samples (scales will be chosen from the weights alone, lanes on --data or "
                "random inputs)"
            )
        samples = f"{self.calibration_samples} calibration samples"
        if self.trained_accuracy is None:
            return f"{samples} without labels"
        return f"{samples}, of which the module gets {100 * self.trained_accuracy:.2f} % right"


def summarise(path: Path, model: ModelContent, warnings: tuple[BuildWarning, ...]) -> ModelSummary:
    """The summary of a model that was written to `path`; `warnings`: all that are known now."""
    layer = input_of(model.graph)
    return ModelSummary(
        path=path,
        layers=_layers(model.graph),
        encoding=layer.encoding,
        input_shape=layer.shape,
        time_steps=layer.time_steps,
        input_scale=layer.scale,
        max_count=layer.max_count,
        calibration_samples=0 if model.calibration is None else len(model.calibration),
        trained_accuracy=model.about.trained_accuracy,
        warnings=warnings,
        notes=model.about.notes,
    )


def _layers(graph: Graph) -> tuple[LayerSummary, ...]:
    """Every layer between the ends."""
    return tuple(
        LayerSummary(node.name, node.text, graph.edges[node.name].shape) for node in real_nodes(graph)[1:-1]
    )


def _sizes(shape: Shape) -> str:
    return " x ".join(map(str, shape))
