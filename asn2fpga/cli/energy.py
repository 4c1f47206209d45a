"""`asn2fpga energy`: put what was measured on a board into the report of a build."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from asn2fpga.cli.output import print_json
from asn2fpga.errors import InputError
from asn2fpga.jsonfile import read_json
from asn2fpga.report.energy import energy_rows
from asn2fpga.report.measurements import hardware, keep_measurements
from asn2fpga.report.write import write_report
from asn2fpga.runner import vars_of
from asn2fpga.runtime.power_meter import energy_from_meter
from asn2fpga.runtime.power_trace import Instrument, PowerError
from asn2fpga.stages.manifest import read_manifest
from asn2fpga.stages.workspace import claim

Plain = dict[str, Any]

SELFTEST_SCHEMA = "asn2fpga.selftest/1"
RUN_SCHEMA = "asn2fpga.energy-run/1"
WHOLE_BOARD = "whole board"
WHAT: tuple[Literal["model_sha256", "board", "clock_mhz"], ...] = ("model_sha256", "board", "clock_mhz")


def run(options: Namespace) -> int:
    """Import what the options name (nothing: only show), write the report, and print its energy."""
    read_manifest(options.directory)
    _check_meter_options(options)
    with claim(options.directory):
        manifest = vars_of(read_manifest(options.directory))
        if options.selftest:
            keep_measurements(
                options.directory, manifest, "rails", _from_selftest(options.selftest, manifest)
            )
        if options.meter or options.run:
            keep_measurements(options.directory, manifest, "meter", [_from_meter(options, manifest)])
        report = write_report(options.directory, manifest)
    if options.json:
        print_json(report["energy_sources"])
        return 0
    table = Table(box=None, show_header=False)
    for label, value, source in energy_rows(report):
        table.add_row(label, value, source)
    Console().print(table)
    print(report["energy"]["method"])
    return 0


def _check_meter_options(options: Namespace) -> None:
    """What is said of a meter needs its recording."""
    said = {
        "--scope": options.scope != WHOLE_BOARD,
        "--volts": options.volts is not None,
        "--resolution-mw": options.resolution_mw is not None,
        "--accuracy-percent": options.accuracy_percent is not None,
    }
    for flag in (flag for flag, is_said in said.items() if is_said and not (options.meter or options.run)):
        raise InputError(
            f"{flag}: --meter must be given with it, which it is about; leave it out, or add that."
        )


def _from_selftest(path: Path, manifest: Plain) -> list[Plain]:
    plain = _read(path, SELFTEST_SCHEMA, "selftest.py --power --json RESULT.json", manifest)
    results = plain.get("energy")
    if not results:
        raise InputError(
            f"{path}: the self test must have measured energy, not none "
            f"({plain.get('energy_note') or 'run it with --power'})."
        )
    return list(results)


def _from_meter(options: Namespace, manifest: Plain) -> Plain:
    if not (options.meter and options.run):
        raise InputError("--meter, --run: both must be given, not one of them.")
    load = _read(options.run, RUN_SCHEMA, "power.record_run", manifest)
    instrument = Instrument(
        options.scope,
        _positive("--resolution-mw", options.resolution_mw) / 1000 or None,
        _positive("--accuracy-percent", options.accuracy_percent) / 100,
    )
    try:
        return energy_from_meter(load, options.meter, instrument, options.volts)
    except PowerError as error:
        raise InputError(str(error)) from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{options.run}: this is not as power.record_run gave it ({error!r}).") from error


def _positive(option: str, value: float | None) -> float:
    if value is not None and not value > 0:
        raise InputError(f"{option}: the value must be greater than 0, not {value:g}.")
    return value or 0.0


def _read(path: Path, schema: str, origin: str, manifest: Plain) -> Plain:
    """A file from the board; InputError unless it is of this schema and of the build's model and board."""
    try:
        plain = read_json(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: the file must be JSON, not unreadable ({error}).") from error
    if not isinstance(plain, dict) or plain.get("schema") != schema:
        raise InputError(f"{path}: this is not what {origin} gave ({schema}).")
    built = hardware(manifest)
    for key in WHAT:
        if plain.get(key) != built[key]:
            raise InputError(
                f"{path}: {key} must be {built[key]} as in the build, not {plain.get(key)}; "
                "measure with the package of this build."
            )
    return plain
