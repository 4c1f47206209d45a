"""The exploration: designs are proposed and predicted, those of the front built, and all written down."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asn2fpga.board.spec import to_plain as board_plain
from asn2fpga.config import Config
from asn2fpga.errors import CheckError, DoesNotFitError, InputError
from asn2fpga.exploration.asked import Asked, absolute
from asn2fpga.exploration.designs import Design, Judge, key_of, why_nothing
from asn2fpga.exploration.hold import hold
from asn2fpga.exploration.kept_network import kept_networks, made_network
from asn2fpga.exploration.results import RESULTS, Results, write_results
from asn2fpga.exploration.shared_state import FOLDER, SharedState, save_state
from asn2fpga.exploration.space import Space, space_of
from asn2fpga.exploration.study import Study
from asn2fpga.exploration.trial import MEASURE, PREDICT
from asn2fpga.quantise.network import network_of
from asn2fpga.stages.board_estimate import fold_for
from asn2fpga.stages.load import ReadModel, read_request
from asn2fpga.stages.quantise import quantised_of
from asn2fpga.stages.request import to_plain
from asn2fpga.toolchain.cache import VARIABLE, shared_folder
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.pool import Pool
from asn2fpga.workers.work import Job, Outcome, cache_problem

if TYPE_CHECKING:
    from optuna.trial import Trial

BUILDS = "builds"


class Watcher(Protocol):
    """Who watches an exploration."""

    def began(self, what: str, done: int, total: int) -> None:
        """Trials or builds begin; of `total`, `done` were done before."""

    def ended(self, design: Design) -> None:
        """One more."""


OpenPool = Callable[[Path], Pool]
"""Makes the pool; it is given a folder for logs."""


def explore(asked: Asked, root: Path, open_pool: OpenPool, watcher: Watcher) -> Results:
    """Explore in the folder `root`, or go on with what lies there; tables, plot and points are written.

    Raises InputError for a question that cannot be asked, StoppedError if all workers are lost, and
    CheckError if no design is possible within the limits; what is done is kept, and the same call continues.
    """
    asked.check()
    problem = cache_problem(shared_folder())
    if problem:
        raise InputError(
            f"{shared_folder()}: the folder that all workers share must be one that can be written to, not "
            f"'{problem}'; set {VARIABLE} to another one."
        )
    asked = dataclasses.replace(asked, request=absolute(asked.request))
    with hold(root):
        return _Exploration(asked, root.resolve(), root).run(open_pool, watcher)


@dataclass
class _Exploration:
    """One exploration. root: whole path of its folder; shown: as the user wrote it."""

    asked: Asked
    root: Path
    shown: Path

    def run(self, open_pool: OpenPool, watcher: Watcher) -> Results:
        read = read_request(self.asked.request)
        self.asked.check_labels(read.samples.y is not None)
        study = self._open(read)
        self.judge = Judge(self.asked.objectives, self.asked.limits, self.asked.board.resources)
        with contextlib.closing(open_pool(self.root / "logs")) as pool:
            self._try(study, pool, watcher)
            self._build(study, pool, watcher)
        kept_networks().make_room()
        designs = study.designs()
        results = Results.of(self.asked, read.graph.name, self.judge.taught(designs), designs)
        write_results(self.shown, results)
        nothing = why_nothing(results.judge, designs)
        if nothing:
            raise CheckError(f"{nothing}; {self.shown / RESULTS} has all of them.")
        return results

    def _open(self, read: ReadModel) -> Study:
        """The study of this question; what workers read is in its place only if it is that of the folder."""
        with tempfile.TemporaryDirectory(prefix=".asked-", dir=self.root) as fresh:
            state = save_state(Path(fresh), read, self.asked.samples)
            study = Study(self.shown, self.asked, self.asked.identity(state.digest), self._space(state))
            shutil.rmtree(self.root / FOLDER, ignore_errors=True)
            (Path(fresh) / FOLDER).replace(self.root / FOLDER)
        self.digest = state.digest
        return study

    def _space(self, state: SharedState) -> Space:
        """What may be chosen, found from the default design."""
        config, board = self.asked.request.config, self.asked.board
        typical = state.samples.x if state.calibration is None else state.calibration
        quantised = quantised_of(config, state.graph, state.calibration, typical, state.labels).quantised
        states = [one.state_frac_bits for one in quantised.decisions.states]
        try:
            interval = fold_for(config, board, made_network(config, state)).speed.interval
        except DoesNotFitError:
            interval = None
        return space_of(
            quantised.graph,
            tuple(synapse.name for synapse in network_of(state.graph).synapses),
            max(states, default=None),
            config,
            self.asked.given,
            board.clock_mhz,
            interval,
        )

    def _try(self, study: Study, pool: Pool, watcher: Watcher) -> None:
        """Propose and predict, up to the number of trials."""
        open_trials: dict[str, tuple[Trial, Config]] = {}
        known = {design.key: design for design in study.designs() if design.predicted is not None}

        def finish(trial: Trial, config: Config, outcome: Outcome) -> None:
            design = study.tell(trial, config, outcome, self.judge)
            if design.predicted is not None:
                known[design.key] = design
            watcher.ended(design)

        def jobs() -> Iterator[Job]:
            for trial in study.trials(self.asked.trials):
                config = study.propose(trial)
                twin = known.get(key_of(config))
                if twin is not None and twin.predicted is not None:
                    finish(trial, config, Outcome(twin.predicted.to_plain()))
                    continue
                name = f"trial {trial.number}"
                open_trials[name] = (trial, config)
                yield Job(name, PREDICT, self._prediction(config))

        def done(job: Job, outcome: Outcome) -> None:
            finish(*open_trials.pop(job.name), outcome)

        watcher.began("trials", study.finished(), max(study.finished(), self.asked.trials))
        dispatch(pool, jobs(), done)

    def _prediction(self, config: Config) -> dict[str, object]:
        return {
            "folder": str(self.root),
            "digest": self.digest,
            "config": dataclasses.asdict(config),
            "board": board_plain(self.asked.board),
        }

    def _build(self, study: Study, pool: Pool, watcher: Watcher) -> None:
        """Build the default design and those of the front, until all of the front are built, or enough."""
        tried: set[str] = set()
        while todo := self._to_build(study.designs(), tried):
            by_name = {f"design {design.key}": design for design in todo}
            tried |= {design.key for design in todo}
            jobs = [Job(name, MEASURE, self._build_of(design)) for name, design in by_name.items()]

            def done(job: Job, outcome: Outcome, by_name: dict[str, Design] = by_name) -> None:
                design = by_name[job.name]
                study.keep_measured(design, outcome)
                watcher.ended(dataclasses.replace(design, reason=outcome.reason))

            watcher.began("builds", 0, len(jobs))
            dispatch(pool, iter(jobs), done)

    def _to_build(self, designs: list[Design], tried: set[str]) -> list[Design]:
        """Designs that are worth a build and have none, as many as are still allowed."""
        built = {one.key for one in designs if one.measured is not None or (one.predicted and one.reason)}
        room = self.asked.rtl_builds - len(built | tried)
        judge = self.judge.taught(designs)
        front = judge.nearest(judge.front(designs))
        default = [one for one in designs if one.is_default and one.predicted and not one.predicted.problem]
        wanted = [*default, *front] if front else []
        new = {one.key: one for one in wanted if one.key not in built | tried}
        return list(new.values())[: max(0, room)]

    def _build_of(self, design: Design) -> dict[str, object]:
        board = self.asked.board.at(design.config.clock_mhz)
        request = dataclasses.replace(self.asked.request, config=design.config, board=board)
        out = str(self.root / BUILDS / design.key)
        return {
            "folder": str(self.root),
            "digest": self.digest,
            "out": out,
            "request": to_plain(request),
        }
