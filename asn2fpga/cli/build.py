"""`asn2fpga build`: run the stages, then show the report."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console

from asn2fpga.api.importing import NAMES
from asn2fpga.api.request import check_files, check_jobs, check_vivado, flow_of, make_request
from asn2fpga.config import CHECKS
from asn2fpga.errors import InputError
from asn2fpga.stages.base import Request


def run(options: Namespace) -> int:
    """Build; 0 when every stage passed or was skipped for a reason that is told."""
    request = resumed_request(options) if is_resumed(options) else new_request(options)

    from asn2fpga.api.building import run_request
    from asn2fpga.cli.output import print_json, show_verdict
    from asn2fpga.report.terminal import show_report

    build = run_request(
        request,
        options.out,
        until=options.until,
        overwrite=options.overwrite,
        quiet=options.quiet,
        verbose=options.verbose,
    )
    report = build.plain_report
    if options.json:
        print_json(report)
        return 0
    if not options.quiet:
        show_report(report, Console())
        print(f"Report: {build.path / 'report.html'}")
    show_verdict(report, Console())
    return 0


def is_resumed(options: Namespace) -> bool:
    """Whether the request is that of the build which is resumed."""
    return bool(options.resume) and options.model is None and options.board is None


def resumed_request(options: Namespace) -> Request:
    """The request that the folder --out was built with; InputError if there is none, or options change it."""
    from asn2fpga.stages.manifest import read_manifest
    from asn2fpga.stages.request import from_plain

    check_jobs(options.jobs)
    if options.out is None:
        raise InputError("--resume: --out must be given (the folder of the build), not left out.")
    changed = ["data", "config", *NAMES, *CHECKS]
    given = [name for name in changed if getattr(options, name) is not None]
    if given:
        name = {"factory": "model"}.get(given[0], given[0].replace("_", "-"))
        raise InputError(f"--resume: the build must stay as it is, not be changed by --{name}; leave it out.")
    request = from_plain(read_manifest(options.out).request, options.jobs)
    check_files(request.model, request.data, request.importing.weights)
    check_vivado(options.vivado)
    activity = request.activity or options.activity
    flow = flow_of(options.bitstream or request.bitstream, request.board)
    return dataclasses.replace(request, vivado=options.vivado, activity=activity, bitstream=flow, resume=True)


def new_request(options: Namespace) -> Request:
    """The request of a command line; InputError naming the option that is wrong."""
    check_jobs(options.jobs)
    missing = [
        name for name, value in (("MODEL", options.model), ("--board", options.board)) if value is None
    ]
    if missing:
        raise InputError(
            f"asn2fpga build: the following arguments are required: {', '.join(missing)}; "
            "see `asn2fpga build --help`."
        )
    return make_request(options.model, options.board, options.data, vars(options))
