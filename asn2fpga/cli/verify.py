"""`asn2fpga verify`: run the comparisons of a build again, on the files as they lie there now."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console

from asn2fpga.api.verify import Verified, Wanted, verify
from asn2fpga.cli.output import print_json


def run(options: Namespace) -> int:
    """Golden against the float reference, the C++ and the RTL, in this order; a difference is the error."""
    wanted = Wanted(options.vectors, options.vector, options.layer, options.jobs, options.waves)

    def show(found: Verified) -> None:
        if not options.json:
            print(found.text, flush=True)

    with Console(stderr=True).status("comparing", spinner="line") as status:
        found = verify(options.directory, wanted, status.update, show)
    if options.json:
        print_json([dataclasses.asdict(one) for one in found])
    return 0
