"""`asn2fpga verify`: run the comparisons of a build again, on the files as they lie there now."""

from __future__ import annotations

import dataclasses
import os
from argparse import Namespace

from rich.console import Console

from asn2fpga.api.verify import Verified, Wanted, verify
from asn2fpga.api.verify_all import verify_all
from asn2fpga.api.workers import Workers
from asn2fpga.cli.output import print_json
from asn2fpga.errors import InputError


def run(options: Namespace) -> int:
    """Golden against the float reference, the C++ and the RTL, in this order; a difference is the error."""
    jobs = (os.cpu_count() or 1) if options.jobs is None else options.jobs
    wanted = Wanted(options.vectors, options.vector, options.layer, jobs, options.waves)
    check_all(options)

    def show(found: Verified) -> None:
        if not options.json:
            print(found.text, flush=True)

    with Console(stderr=True).status("comparing", spinner="line") as status:
        if options.all:
            open_pool = Workers(options.jobs, options.dask, options.slurm).opener()
            one = verify_all(options.directory, options.layer, open_pool, jobs, status.update)
            found: tuple[Verified, ...] = (one,)
            show(one)
        else:
            found = verify(options.directory, wanted, status.update, show)
    if options.json:
        print_json([dataclasses.asdict(one) for one in found])
    return 0


def check_all(options: Namespace) -> None:
    """InputError for options that --all excludes, or that only it takes."""
    for name in ("vectors", "vector") if options.all else ():
        if getattr(options, name) is not None:
            raise InputError(f"--{name}: with --all every sample is compared; leave --{name} out.")
    if options.all and options.waves:
        raise InputError("--waves: with --all every sample is compared; record one by --vector K --waves.")
    for name in () if options.all else ("dask", "slurm"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name}: it is for --all, which is not given; add --all.")
