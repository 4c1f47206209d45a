"""`asn2fpga export-nir`: the network of a build as a NIR graph."""

from __future__ import annotations

from argparse import Namespace

from asn2fpga.cli.output import print_json
from asn2fpga.errors import InputError
from asn2fpga.files import replacing
from asn2fpga.loader.nir.export import to_nir
from asn2fpga.stages.folder import Folder, load_graph
from asn2fpga.stages.manifest import check_passed, check_unchanged, read_manifest


def run(options: Namespace) -> int:
    """Write the trained network, before it became integers, and say what other tools do not see of it."""
    manifest = read_manifest(options.directory)
    check_passed(options.directory, manifest, ("load",))
    check_unchanged(options.directory, manifest, ("load",))
    graph = load_graph(Folder(options.directory).state / "real")
    exported = to_nir(graph)
    out = options.out or options.directory / f"{graph.name}.nir"
    try:
        with replacing(out) as stream:
            stream.write(exported.data)
    except OSError as error:
        raise InputError(f"--out {out}: the file must be writable, not '{error.strerror}'.") from error
    if options.json:
        print_json({"file": str(out), "notes": list(exported.notes)})
        return 0
    for note in exported.notes:
        print(f"note: {note}.")
    print(f"NIR graph: {out}")
    return 0
