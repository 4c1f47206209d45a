"""Reports of Vitis HLS: the estimated clock period and the loops, read from its csynth XML files.

hls4ml has a parser for the top module's report. It wants a project script of its own, prints what is missing
instead of raising, and leaves out the loops; so this is ours.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.rtl import HlsReport, LoopReport

SUFFIX = "_csynth.xml"


def read_report(folder: Path, top: str) -> HlsReport:
    """What the reports in `folder` (SOLUTION/syn/report) tell; ToolError if one is missing or broken."""
    path = folder / f"{top}{SUFFIX}"
    if not path.is_file():
        raise ToolError(f"vitis: there is no report {path}.")
    period = _parse(path).findtext("./PerformanceEstimates/SummaryOfTimingAnalysis/EstimatedClockPeriod")
    loops = (loop for found in sorted(folder.glob(f"*{SUFFIX}")) for loop in _loops(found))
    return HlsReport("vitis", loops=tuple(loops), critical_path_ns=_number(period))


def _parse(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ToolError(f"{path}: this report is not XML: {error}.") from error


def _loops(path: Path) -> Iterator[LoopReport]:
    """The loops of one module; those that are not pipelined have no initiation interval."""
    module = path.name.removesuffix(SUFFIX)
    summary = _parse(path).find("./PerformanceEstimates/SummaryOfLoopLatency")
    for loop in summary if summary is not None else ():
        interval = loop.findtext("PipelineII")
        yield LoopReport(
            process=module,
            location=loop.tag,
            pipelined=interval is not None,
            initiation_interval=int(_number(interval) or 0),
            depth=int(_number(loop.findtext("PipelineDepth")) or 0),
        )


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
