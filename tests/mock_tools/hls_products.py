"""What the stand-ins for HLS tools make: RTL of the embedded engine for the same C++, in the tool's dress.

MOCK_HLS_FAIL: synthesis | no_report | wrong_port. MOCK_HLS_HIDDEN: the RTL shows no FIFOs.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from asn2fpga.engine.compile import compile_project  # noqa: E402
from asn2fpga.rtl import HlsProject, RtlDesign  # noqa: E402

FAIL = os.environ.get("MOCK_HLS_FAIL", "")

FIFO = """
// The FIFO of the stand-in, with the ports of Vitis' own.
module {name} (
  input clk, input reset, input if_read_ce, input if_write_ce,
  input [{high}:0] if_din, output if_full_n, input if_write,
  output [{high}:0] if_dout, output if_empty_n, input if_read
);
  {inner} fifo (
    .clk(clk), .rst_n(~reset),
    .wr_valid(if_write), .wr_ready(if_full_n), .wr_data(if_din),
    .rd_valid(if_empty_n), .rd_ready(if_read), .rd_data(if_dout)
  );
endmodule
"""

CSYNTH = """<profile>
<UserAssignments><TargetClockPeriod>10.00</TargetClockPeriod></UserAssignments>
<PerformanceEstimates>
<SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>7.251</EstimatedClockPeriod></SummaryOfTimingAnalysis>
<SummaryOfOverallLatency><Best-caseLatency>undef</Best-caseLatency></SummaryOfOverallLatency>
{loops}
</PerformanceEstimates>
<AreaEstimates><Resources><BRAM_18K>0</BRAM_18K><DSP>42</DSP><FF>1200</FF><LUT>3100</LUT></Resources></AreaEstimates>
</profile>
"""
LOOPS = """<SummaryOfLoopLatency>
<VITIS_LOOP_31_1><Name>VITIS_LOOP_31_1</Name><PipelineII>1</PipelineII><PipelineDepth>4</PipelineDepth></VITIS_LOOP_31_1>
<VITIS_LOOP_40_2><Name>VITIS_LOOP_40_2</Name><TripCount>5</TripCount></VITIS_LOOP_40_2>
</SummaryOfLoopLatency>"""


def tcl(value: object) -> str:
    """A value as one Tcl word: tables as dicts, lists as lists."""
    if isinstance(value, dict):
        return "{" + " ".join(f"{tcl(key)} {tcl(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + " ".join(map(tcl, value)) + "}"
    return "{" + str(value) + "}"


def run_tcl(script: str) -> dict[str, str]:
    """Run our script in tclsh with the commands of the tool replaced; what it told them."""
    tables = tomllib.loads((HERE / "vitis_commands.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        answers, main = Path(folder) / "answers", Path(folder) / "main.tcl"
        main.write_text(
            f"set commands {tcl(tables['commands'])}\nset answers {tcl(answers)}\n"
            f"source {tcl(HERE / 'vitis_stub.tcl')}\n"
            f'if {{[catch {{source {script}}} problem]}} {{ puts "ERROR: $problem"; exit 1 }}\n'
        )
        if subprocess.run(["tclsh", str(main)], check=False).returncode:
            sys.exit(1)
        return dict(line.split("=", 1) for line in answers.read_text().splitlines())


def read_config(path: str) -> dict[str, str]:
    """The configuration file of v++, every key checked."""
    known = tomllib.loads((HERE / "vitis_commands.toml").read_text())["config"]
    section, values = "top", {}
    for line in Path(path).read_text().splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            if key not in known[section]:
                sys.exit(f"ERROR: stand-in: unknown key {key} in [{section}]")
            values[key] = value
    return {
        "top": values["syn.top"],
        "source": values["syn.file"],
        "cflags": values["syn.cflags"],
        "part": values["part"],
        "clock_ns": values["clock"].removesuffix("ns"),
    }


def synthesise(told: dict[str, str], out: Path) -> RtlDesign:
    """RTL of the embedded engine for what the tool was told."""
    if FAIL == "synthesis":
        print("ERROR: [HLS 207-3776] use of undeclared identifier 'x' (stand-in)")
        sys.exit(1)
    includes = [Path(flag[2:]) for flag in shlex.split(told["cflags"]) if flag.startswith("-I")]
    for folder in includes:
        if not folder.is_dir():
            sys.exit(f"ERROR: stand-in: no folder {folder}")
    source = Path(told["source"])
    project = HlsProject(
        source.parent, source, tuple(includes), told["top"], told["part"], float(told["clock_ns"])
    )
    return compile_project(project, out)


def vitis_solution(told: dict[str, str], solution: Path) -> None:
    """syn/verilog and syn/report as Vitis HLS leaves them."""
    verilog, report = solution / "syn" / "verilog", solution / "syn" / "report"
    verilog.mkdir(parents=True, exist_ok=True)
    report.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        design = synthesise(told, Path(folder))
        for path in design.memory_files:
            (verilog / f"{path.stem}.dat").write_bytes(path.read_bytes())
        for path in design.verilog:
            text = re.sub(r'"([\w.-]+)\.mem"', r'"./\1.dat"', path.read_text())
            if path.stem == design.top:
                text = dress_top(text, design)
            (verilog / f"{path.stem}.v").write_text(text)
        for name in (path.stem for path in design.verilog):
            loops = LOOPS if name.endswith("_compress") else ""
            (report / f"{name}_csynth.xml").write_text(CSYNTH.format(loops=loops))
    if FAIL == "no_report":
        (report / f"{told['top']}_csynth.xml").unlink()


def dress_top(text: str, design: RtlDesign) -> str:
    """The top module without its monitor, and with FIFOs like those of Vitis."""
    if FAIL == "wrong_port":
        text = text.replace("[31:0] s_axis_TDATA", "[63:0] s_axis_TDATA")
    text = re.sub(r",?\s*output\s+logic\s*\[\d+:0\]\s*monitor\b", "", text)
    text = re.sub(r"^\s*assign monitor.*?;\n", "", text, flags=re.MULTILINE | re.DOTALL)
    if os.environ.get("MOCK_HLS_HIDDEN"):
        return text
    modules = []
    for probe in design.probes:
        name = probe.stream
        pattern = rf"  (asn_fifo\w*\s*(?:#\(.*?\))?)\s*u_{name}\s*\(.*?\);\n"
        found = re.search(pattern, text, re.DOTALL)
        assert found, f"no FIFO {name}"
        module = f"{design.top}_fifo_{name}_S"
        modules.append(FIFO.format(name=module, high=probe.width_bits - 1, inner=found[1]))
        instance = (
            f"  {module} {name}_U (\n"
            "    .clk(ap_clk), .reset(~ap_rst_n), .if_read_ce(1'b1), .if_write_ce(1'b1),\n"
            f"    .if_din({name}_wr_data), .if_full_n({name}_wr_ready), .if_write({name}_wr_valid),\n"
            f"    .if_dout({name}_rd_data), .if_empty_n({name}_rd_valid), .if_read({name}_rd_ready)\n  );\n"
        )
        text = text.replace(found[0], instance)
        text = re.sub(rf"\blogic( \[\d+:0\])? ({name}_(?:wr|rd)_\w+);", r"wire\1 \2;", text)
    return text + "".join(modules)
