"""How long a network works on one inference: until its answer, or beyond that where it answers early."""

from __future__ import annotations

from asn2fpga.report.content import Content


def work_us(report: Content) -> float | None:
    """Mean time from the first input word until the last time step is done; None without a latency."""
    latency_us, after_us = report["cosim"]["latency_us"], report["cosim"]["after_answer_us"]
    return latency_us if latency_us is None or after_us is None else latency_us + after_us


def work_text(report: Content) -> str:
    """What that time is, for how an energy was obtained."""
    after_us = report["cosim"]["after_answer_us"]
    more = (
        ""
        if after_us is None
        else f" and the time of the time steps after the answer ({after_us:.4g} us, predicted)"
    )
    return f"mean latency of the RTL simulation{more}"
