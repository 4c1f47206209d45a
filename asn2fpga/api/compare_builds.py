"""`asn2fpga.compare_builds`: what differs between two builds, from what was asked to what came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asn2fpga.api.build import Build
from asn2fpga.api.building import open_build
from asn2fpga.figures.amounts import RESOURCES
from asn2fpga.report.numbers import percent, plain
from asn2fpga.report.record import Report
from asn2fpga.report.record_parts import Layer

LAYER_FIELDS = ("lanes", "parallel_pixels", "weight_bits", "acc_bits", "cycles_per_inference")


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same. change: of a number, relative to the first; None of other things."""

    group: str
    what: str
    first: Any
    second: Any
    change: float | None = None

    @property
    def row(self) -> tuple[str, str, str, str]:
        """As text: what, both values, and the change in per cent, of accuracies in points."""
        change = "" if self.change is None else f"{100 * self.change:+.1f} %"
        if self.group == "accuracy" and self.change is not None:
            change = f"{100 * (self.second - self.first):+.2f} points"
        return f"{self.group}: {self.what}", self._text(self.first), self._text(self.second), change

    def _text(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{key} {one}" for key, one in value.items())
        if self.group == "accuracy":
            return percent(value)
        return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1 else plain(value)


@dataclass(frozen=True)
class BuildComparison:
    """Two builds; differences in the order: what was asked, accuracy, speed, resources, energy, layers."""

    first: str
    second: str
    differences: tuple[Difference, ...]

    def to_plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "first": self.first,
            "second": self.second,
            "differences": [
                {name: _thawed(value) for name, value in vars(one).items()} for one in self.differences
            ],
        }

    def __str__(self) -> str:
        if not self.differences:
            return f"{self.first} and {self.second}: nothing differs"
        rows = [("", self.first, self.second, "change"), *(one.row for one in self.differences)]
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def compare_builds(first: Build | str | Path, second: Build | str | Path) -> BuildComparison:
    """What differs between two builds, or their folders. InputError if one is no build."""
    builds = [one if isinstance(one, Build) else open_build(one) for one in (first, second)]
    found = _differences(builds[0].report, builds[1].report)
    return BuildComparison(str(builds[0].path), str(builds[1].path), tuple(found))


def _differences(first: Report, second: Report) -> Iterator[Difference]:
    for group, one, two in _groups(first, second):
        for name in dict.fromkeys((*one, *two)):
            if one.get(name) != two.get(name):
                yield Difference(group, name, *(values := (one.get(name), two.get(name))), _change(*values))


def _groups(first: Report, second: Report) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Things with names, of both builds."""
    yield "asked", _asked(first), _asked(second)
    yield "accuracy", _accuracy(first), _accuracy(second)
    yield "checked", _checked(first), _checked(second)
    yield "speed", _speed(first), _speed(second)
    yield "resources", _resources(first), _resources(second)
    yield "energy", _energy(first), _energy(second)
    layers = ({layer.name: layer for layer in report.layers} for report in (first, second))
    one, two = layers
    for name in dict.fromkeys((*one, *two)):
        yield f"layer {name}", _layer(one.get(name)), _layer(two.get(name))


def _asked(report: Report) -> dict[str, Any]:
    model, board = report.model, report.board
    sha256 = None if model.sha256 is None else model.sha256[:12]
    return {
        "model": model.name,
        "model sha256": sha256,
        "parameters": model.parameters,
        "board": board.name,
        "clock MHz": board.clock_mhz,
        "asn2fpga": report.generator.version,
        "HLS engine": report.hls.engine,
        **report.config,
    }


def _accuracy(report: Report) -> dict[str, Any]:
    return {"float": report.accuracy.float, "integer": report.accuracy.integer}


def _checked(report: Report) -> dict[str, Any]:
    failed = [name for name, stage in report.stages.items() if stage.status == "failed"]
    return {
        "samples": report.accuracy.data_samples,
        "C++ mismatches": report.csim.mismatches,
        "RTL mismatches": report.cosim.mismatches,
        "RTL vectors": report.cosim.vectors,
        "failed stages": ", ".join(failed) or None,
    }


def _speed(report: Report) -> dict[str, Any]:
    cosim = report.cosim
    return {
        "mean latency cycles": cosim.latency_cycles.mean,
        "interval cycles": cosim.interval_cycles,
        "latency us": cosim.latency_us,
        "inferences/s": cosim.inferences_per_second,
        "critical path ns": report.hls.critical_path_ns,
        "accumulates": report.accumulates_per_inference,
        "events": report.events_per_inference,
    }


def _resources(report: Report) -> dict[str, Any]:
    used = asdict(report.resources)
    return {"source": used["source"], **{key: used[key] for key in RESOURCES}}


def _energy(report: Report) -> dict[str, Any]:
    return {"source": report.energy.source, "uJ": report.energy.uj_per_inference}


def _layer(layer: Layer | None) -> dict[str, Any]:
    return {} if layer is None else {name: getattr(layer, name) for name in LAYER_FIELDS}


def _change(first: Any, second: Any) -> float | None:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (first, second))
    return (second - first) / first if numbers and first else None


def _thawed(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
