"""Optuna's part: it proposes, and remembers every trial in a file of the exploration's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn2fpga.config import Config
from asn2fpga.errors import DoesNotFitError, InputError
from asn2fpga.exploration.asked import Asked, check_identity
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.exploration.designs import Design, Judge, key_of
from asn2fpga.exploration.space import Space
from asn2fpga.workers.extras import needed
from asn2fpga.workers.work import Outcome

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

FILE = "study.journal"
NAME = "asn2fpga"
IMPOSSIBLE = 1e9
"""In place of every figure of a design that is not possible."""


class Study:
    """The trials of one exploration. Only the process that holds the folder uses it."""

    def __init__(self, root: Path, asked: Asked, identity: dict[str, str], space: Space) -> None:
        optuna = needed("optuna", "asn2fpga explore")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._states, self._trial = optuna.trial.TrialState, optuna.trial.Trial
        self._space, self._objectives = space, asked.objectives
        storage = open_storage(root / FILE)
        if storage.get_all_studies():
            self._study = optuna.load_study(storage=storage, study_name=NAME)
        else:
            directions = ["maximize" if one.maximise else "minimize" for one in asked.objectives]
            self._study = optuna.create_study(storage=storage, study_name=NAME, directions=directions)
        before = self._study.user_attrs.get("identity")
        if before is not None:
            check_identity(root, before, identity)
        else:
            self._study.set_user_attr("identity", identity)
            for chosen in space.first():
                self._study.enqueue_trial(chosen)
        # What was drawn at random before must not be drawn again.
        seed = asked.request.config.seed + len(self._study.trials)
        self._study.sampler = optuna.samplers.TPESampler(seed=seed % 2**32)

    def trials(self, total: int) -> Iterator[Trial]:
        """Trials to do until there are `total`: first those that a run which is no more had begun."""
        begun = self._study.get_trials(deepcopy=False, states=(self._states.RUNNING,))
        new = total - self.finished() - len(begun)
        for frozen in begun:
            yield self._trial(self._study, frozen._trial_id)
        for _ in range(new):
            yield self._study.ask()

    def propose(self, trial: Trial) -> Config:
        """Its configuration."""
        return self._space.propose(trial)

    def finished(self) -> int:
        """How many trials have ended, well or not."""
        return len(self._study.get_trials(deepcopy=False, states=(self._states.COMPLETE, self._states.FAIL)))

    def tell(self, trial: Trial, config: Config, outcome: Outcome, judge: Judge) -> Design:
        """Remember what became of a trial: figures, or the reason why there are none."""
        trial.set_user_attr("config", asdict(config))
        if outcome.value is None:
            return self._tell_reason(trial, config, outcome)
        figures = DesignFigures.from_plain(outcome.value)
        trial.set_user_attr("figures", figures.to_plain())
        for name, excess in judge.excesses(figures).items():
            trial.set_constraint(name, min(excess, IMPOSSIBLE))
        trial.set_constraint("board", 1.0 if figures.problem else 0.0)
        self._study.tell(trial, [one.value(figures) or 0.0 for one in self._objectives])
        return Design(trial.number, config, figures)

    def _tell_reason(self, trial: Trial, config: Config, outcome: Outcome) -> Design:
        """A design that is not possible counts as far beyond every limit, so that its like are not proposed
        again; one that failed otherwise counts as nothing.
        """
        trial.set_user_attr("reason", outcome.reason)
        if outcome.kind == DoesNotFitError.__name__:
            trial.set_constraint("board", IMPOSSIBLE)
            self._study.tell(trial, [0.0 if one.maximise else IMPOSSIBLE for one in self._objectives])
        else:
            self._study.tell(trial, state=self._states.FAIL)
        return Design(trial.number, config, reason=outcome.reason)

    def keep_measured(self, design: Design, outcome: Outcome) -> None:
        """Remember what a build of a design gave."""
        self._study.set_user_attr(
            f"built {design.key}", {"figures": outcome.value, "reason": outcome.reason, "lost": outcome.lost}
        )

    def designs(self) -> list[Design]:
        """All that ended, in order."""
        attributes = self._study.user_attrs
        default = key_of(self._space.default_config)
        found = [_design(frozen, attributes, default) for frozen in self._study.get_trials(deepcopy=False)]
        return [design for design in found if design is not None]


def _design(frozen: FrozenTrial, attributes: Mapping[str, Any], default: str) -> Design | None:
    """What is remembered of a trial; None if it has not ended."""
    if "config" not in frozen.user_attrs or not frozen.state.is_finished():
        return None
    config = Config(**frozen.user_attrs["config"])
    built = attributes.get(f"built {key_of(config)}", {})
    failed_build = "" if built.get("lost") else built.get("reason", "")
    figures, measured = frozen.user_attrs.get("figures"), built.get("figures")
    return Design(
        trial=frozen.number,
        config=config,
        predicted=None if figures is None else DesignFigures.from_plain(figures),
        measured=None if measured is None else DesignFigures.from_plain(measured),
        reason=frozen.user_attrs.get("reason", "") or failed_build,
        is_default=key_of(config) == default,
    )


def open_storage(path: Path) -> Any:
    """Optuna's journal. InputError if the file is none, or cannot be used.

    A last line that a killed process did not finish is taken away. Optuna's own lock is not used: who opens
    this holds the folder.
    """
    journal = needed("optuna.storages.journal", "asn2fpga explore")
    try:
        _cut_unfinished(path)
        return journal.JournalStorage(journal.JournalFileBackend(str(path), _Held()))
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise InputError(
            f"{path}: the file must be the storage of an exploration that can be used, not damaged or "
            f"refused ({type(error).__name__}: {error}); give another --out."
        ) from error


def _cut_unfinished(path: Path) -> None:
    if not path.exists():
        return
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as stream:
            stream.truncate(end)


class _Held:
    """In place of a lock of the journal."""

    def acquire(self) -> bool:
        """It is held already."""
        return True

    def release(self) -> None:
        """It is held until the exploration ends."""
