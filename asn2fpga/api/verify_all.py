"""Every sample of a build through its RTL, in parts that any number of workers take."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from asn2fpga import errors
from asn2fpga.api.verify import Verified, check_layer, open_build, passed
from asn2fpga.errors import Asn2FpgaError, CheckError, InputError
from asn2fpga.stages.base import Build
from asn2fpga.stages.cosim import what_is_hidden
from asn2fpga.stages.cosim_part import COMPARE, make_program, parts_of
from asn2fpga.stages.manifest import check_unchanged, read_manifest
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.pool import Pool
from asn2fpga.workers.work import Job, Outcome


def verify_all(
    root: Path, layer: str | None, open_pool: Callable[[Path], Pool], jobs: int, say: Callable[[str], None]
) -> Verified:
    """Compare all samples of the build in a folder; the first difference that is found is the error.

    A part whose worker is lost is done again by another one. jobs: for the compiler. say: what is being done.
    """
    manifest = read_manifest(root)
    build = open_build(root, manifest, jobs, say)
    if "hls" not in passed(manifest):
        raise InputError(f"{root}: --all needs the RTL of a build, and this one has none; build it further.")
    check_unchanged(root, manifest, ("golden",))
    check_layer(layer, build)
    say("compiling the simulation")
    make_program(build)
    with contextlib.closing(open_pool(build.folder.logs)) as pool:
        return _Parts(build, layer, say).run(pool)


class _Parts:
    """What was compared so far."""

    def __init__(self, build: Build, layer: str | None, say: Callable[[str], None]) -> None:
        self.build, self.layer, self.say = build, layer, say
        self.ranges = tuple(parts_of(build))
        self.total = sum(count for _, count in self.ranges)
        self.vectors = self.spikes = 0
        self.hidden: tuple[str, ...] = ()
        self.failed: Outcome | None = None

    def run(self, pool: Pool) -> Verified:
        """All parts; the error of the first that fails."""
        self.say(f"0 of {self.total} vectors")
        dispatch(pool, self._jobs(), self._done)
        if self.failed is not None:
            raise _error(self.failed)
        text = (
            f"RTL simulation: all {self.vectors} samples in {len(self.ranges)} parts, "
            f"{self.spikes:,} spikes compared, 0 mismatches{what_is_hidden(self.hidden)}"
        )
        return Verified("rtl", text, self.vectors)

    def _jobs(self) -> Iterator[Job]:
        root = str(self.build.folder.absolute)
        for first, count in self.ranges:
            given = {"root": root, "first": first, "count": count, "layer": self.layer}
            yield Job(f"vectors {first} to {first + count - 1}", COMPARE, given)

    def _done(self, job: Job, outcome: Outcome) -> bool:
        """Count what is equal; true to stop at what is not."""
        if outcome.value is None:
            self.failed = Outcome(reason=outcome.reason, kind=outcome.kind)
            if outcome.lost:
                self.failed = Outcome(
                    reason=f"{job.name}: {outcome.reason}; run the same again.", kind="lost"
                )
            return True
        self.vectors += outcome.value["vectors"]
        self.spikes += outcome.value["spikes"]
        self.hidden = tuple(outcome.value["hidden"])
        self.say(f"{self.vectors} of {self.total} vectors")
        return False


def _error(outcome: Outcome) -> Asn2FpgaError:
    """The error of a worker, as it was raised there."""
    kind = getattr(errors, outcome.kind, CheckError)
    is_ours = isinstance(kind, type) and issubclass(kind, Asn2FpgaError)
    found: Asn2FpgaError = kind(outcome.reason) if is_ours else CheckError(outcome.reason)
    return found
