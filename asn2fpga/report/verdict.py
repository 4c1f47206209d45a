"""The verdict of a build in one line: does it fit, is it exact, what accuracy is lost, how fast is it."""

from __future__ import annotations

from asn2fpga.figures.amounts import RESOURCES
from asn2fpga.report.content import Content, Report, ResourcesPart, VerdictPart
from asn2fpga.report.numbers import percent, plain


def verdict(report: Content) -> VerdictPart:
    """fits, exact: None where not known yet. accuracy_lost_points: float minus integer."""
    accuracy, cosim = report["accuracy"], report["cosim"]
    real, integer = accuracy["float"], accuracy["integer"]
    lost = None if real is None or integer is None else 100 * (real - integer)
    return {
        "fits": _fits(report["resources"]),
        "exact": _exact(report["csim"]["mismatches"], cosim["mismatches"]),
        "accuracy_lost_points": lost,
        "latency_us": cosim["latency_us"],
        "inferences_per_second": cosim["inferences_per_second"],
    }


def verdict_text(report: Report) -> str:
    """`fits (15 % of DSP), exact, no accuracy lost, 0.77 us core latency, ..` without what is unknown."""
    found = report["verdict"]
    parts = [_fit_text(report), {True: "exact", False: "NOT exact", None: ""}[found["exact"]]]
    if found["accuracy_lost_points"] is not None:
        parts.append(_lost_text(found["accuracy_lost_points"]))
    if found["latency_us"] is not None:
        parts.append(f"{found['latency_us']:.3g} us core latency")
    if found["inferences_per_second"] is not None:
        parts.append(f"{plain(float(round(found['inferences_per_second'])))} inferences/s")
    return ", ".join(part for part in parts if part)


def _fits(resources: ResourcesPart) -> bool | None:
    shares = _shares(resources)
    return None if not shares else max(shares.values()) <= 1


def _shares(resources: ResourcesPart) -> dict[str, float]:
    """Part of the board by resource; empty before anything was counted."""
    available = resources["available"]
    return {
        key: used / available[key]
        for key in RESOURCES
        if available[key] and (used := resources[key]) is not None
    }


def _exact(*mismatches: int | None) -> bool | None:
    """Whether every comparison that there is found no difference; None before the RTL was compared."""
    if any(mismatches):
        return False
    return None if None in mismatches else True


def _fit_text(report: Report) -> str:
    shares = _shares(report["resources"])
    if not shares:
        return ""
    fullest = max(shares, key=lambda key: shares[key])
    word = "fits" if report["verdict"]["fits"] else "does NOT fit"
    return f"{word} ({percent(shares[fullest])} of {fullest.upper()})"


def _lost_text(points: float) -> str:
    if points == 0:
        return "no accuracy lost"
    return f"{abs(points):.2f} points of accuracy {'lost' if points > 0 else 'gained'}"
