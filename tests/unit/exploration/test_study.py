"""Trials in Optuna's storage: continued after a kill, refused for another question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from exploring import FIGURES, judge

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.errors import InputError
from asn2fpga.exploration.asked import VERSION, Asked, absolute
from asn2fpga.exploration.objectives import parse_limits, parse_objectives
from asn2fpga.exploration.space import Parameter, Space
from asn2fpga.exploration.study import FILE, Study
from asn2fpga.stages.base import Request
from asn2fpga.workers.work import Outcome

optuna = pytest.importorskip("optuna")
GOOD = Outcome(FIGURES.to_plain())
SPACE = Space(Config(), 100.0, 40.0, (Parameter("weight_bits fc1", (2, 4, 8), 8),), {})


def asked(objectives: str = "latency,lut", limits: str | None = None, trials: int = 4) -> Asked:
    request = Request(Path("model.pt"), find_board("pynq-z2"), Config())
    return Asked(request, frozenset(), parse_objectives(objectives), parse_limits(limits), trials)


def open_study(root: Path, question: Asked | None = None, state: str = "0123") -> Study:
    question = question or asked()
    return Study(root, question, question.identity(state), SPACE)


def test_the_default_comes_first_and_figures_are_kept(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    trials = study.trials(2)
    first = next(trials)
    config = study.propose(first)
    assert config.weight_bits == {"fc1": 8}
    study.tell(first, config, GOOD, judge())
    second = next(trials)
    study.tell(second, study.propose(second), Outcome(reason="fc1: it does not fit."), judge())
    assert next(trials, None) is None
    designs = open_study(tmp_path).designs()
    assert [design.predicted for design in designs] == [FIGURES, None]
    assert designs[0].is_default and designs[1].reason == "fc1: it does not fit."


def test_a_design_that_is_not_possible_is_no_failure_of_a_worker(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    trials = study.trials(2)
    for outcome in (Outcome(reason="too large", kind="DoesNotFitError"), Outcome(reason="x", kind="bug")):
        trial = next(trials)
        study.tell(trial, study.propose(trial), outcome, judge())
    first, second = study._study.trials
    assert (first.state, second.state) == (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.FAIL)
    assert first.constraints["board"] > 0
    assert [design.reason for design in study.designs()] == ["too large", "x"]


def test_trials_of_a_run_that_was_killed_are_done_again(tmp_path: Path) -> None:
    before = open_study(tmp_path)
    trials = before.trials(3)
    configs = {trial.number: before.propose(trial) for trial in (next(trials), next(trials))}
    study = open_study(tmp_path)
    done = []
    for trial in study.trials(3):
        config = study.propose(trial)
        if trial.number in configs:
            assert config == configs[trial.number]
        study.tell(trial, config, GOOD, judge())
        done.append(trial.number)
    assert done == [0, 1, 2] and study.finished() == 3
    assert list(open_study(tmp_path).trials(3)) == []
    assert len(list(open_study(tmp_path).trials(5))) == 2


def test_builds_are_remembered_and_lost_ones_are_not(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    (trial,) = study.trials(1)
    design = study.tell(trial, study.propose(trial), GOOD, judge())
    study.keep_measured(design, Outcome(reason="lost", lost=True))
    assert open_study(tmp_path).designs()[0].reason == ""
    study.keep_measured(design, GOOD)
    assert open_study(tmp_path).designs()[0].measured == FIGURES


def test_a_line_that_was_not_finished_is_taken_away(tmp_path: Path) -> None:
    study = open_study(tmp_path)
    (trial,) = study.trials(1)
    study.tell(trial, study.propose(trial), GOOD, judge())
    with (tmp_path / FILE).open("a") as stream:
        stream.write('{"op_code": 5, "worker')
    again = open_study(tmp_path)
    assert again.finished() == 1 and len(list(again.trials(2))) == 1


@pytest.mark.parametrize(
    ("question", "state", "text"),
    [
        (asked(), "4567", "the model and its samples was another one there; give another --out."),
        (
            asked("latency,dsp"),
            "0123",
            "--objective was another one there, --objective latency,lut; give another --out.",
        ),
        (asked(limits="lut=0.5"), "0123", "--limit was another one there, --limit none; give another --out."),
    ],
)
def test_another_question_is_refused(tmp_path: Path, question: Asked, state: str, text: str) -> None:
    open_study(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    message = f"--out {tmp_path}: an exploration is continued with the same question, and {text}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        open_study(tmp_path, question, state)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("version", "was"),
    [("0.0.9 (source 0123456789ab)", ", 0.0.9 (source 0123456789ab)"), (None, "")],
)
def test_another_version_is_refused(tmp_path: Path, version: str | None, was: str) -> None:
    question = asked()
    identity = question.identity("0123")
    before = {name: value for name, value in identity.items() if name != VERSION}
    if version is not None:
        before[VERSION] = version
    Study(tmp_path, question, before, SPACE)
    message = (
        f"--out {tmp_path}: an exploration is continued with the same question, and the version of asn2fpga "
        f"was another one there{was}; give another --out."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        open_study(tmp_path)


def test_a_storage_that_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("nothing of Optuna\nnor this\n")
    with pytest.raises(
        InputError, match=r"the file must be the storage of an exploration that can be used, not "
    ):
        open_study(tmp_path)


def test_numbers_and_labels(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^--trials: the value must be an integer of at least 1, not 0\.$"):
        asked(trials=0).check()
    message = (
        "--limit: accuracy needs samples with labels, y (N,) in --data, and there are none; agreement, with "
        "the float network, needs none."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        asked(limits="accuracy=0.9").check_labels(False)
    asked("agreement").check_labels(False)
    with pytest.raises(InputError, match=r"^--objective: accuracy needs samples with labels"):
        asked("accuracy").check_labels(False)


def test_workers_get_whole_paths() -> None:
    request = Request(Path("model.pt"), find_board("pynq-z2"), Config(), data=Path("d.npz"))
    found = absolute(request)
    assert found.model == Path.cwd() / "model.pt" and found.data == Path.cwd() / "d.npz"
    code = Request(Path("nets.py:Net"), find_board("pynq-z2"), Config())
    assert absolute(code).model == Path(f"{Path.cwd() / 'nets.py'}:Net")
