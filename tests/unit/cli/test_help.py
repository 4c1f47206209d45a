"""What helps at the command line: hints at what was meant, completion scripts, JSON on every command."""

from __future__ import annotations

import json
import subprocess
from argparse import Action
from pathlib import Path
from typing import Any

import pytest

from asn2fpga.cli import main
from asn2fpga.cli.main import COMMANDS
from asn2fpga.cli.parser import make_parser

HINTS = {
    ("biuld", "m.pt"): "did you mean 'build'? See `asn2fpga --help`.",
    ("build", "m.pt", "--boad", "pynq-z2"): "did you mean '--board'? See `asn2fpga build --help`.",
    ("estimate", "m.pt", "--sample=3"): "did you mean '--samples'? See `asn2fpga estimate --help`.",
    ("build", "m.pt", "--engine", "lvm"): "did you mean 'llvm'? See `asn2fpga build --help`.",
    ("boards", "pynq-z3"): "not 'pynq-z3'; did you mean 'pynq-z2'? See `asn2fpga boards`.",
    ("boards", "nexus"): "not 'nexus'; see `asn2fpga boards`.",
    (
        "report",
        "out",
        "--frobnicate",
    ): "asn2fpga: unrecognized arguments: --frobnicate; see `asn2fpga --help`.",
    ("--print-completion", "bsh"): "not 'bsh'; did you mean 'bash'?",
}


@pytest.mark.parametrize("words", HINTS, ids=" ".join)
def test_a_slip_is_answered_with_what_was_meant(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("error: ") and captured.err.count("\n") == 1
    assert captured.err.rstrip().endswith(HINTS[words])


def command_parsers() -> dict[str, Any]:
    (commands,) = (action for action in make_parser()._actions if action.dest == "command")
    assert isinstance(commands.choices, dict)
    return commands.choices


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_print_json(command: str) -> None:
    actions: list[Action] = command_parsers()[command]._actions
    assert any("--json" in action.option_strings for action in actions)


def test_boards_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "--json"]) == 0
    boards = json.loads(capsys.readouterr().out)
    assert {board["name"] for board in boards} >= {"pynq-z2", "zcu104"}
    assert main(["boards", "kv260", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == next(b for b in boards if b["name"] == "kv260")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_commands_options_and_boards(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--print-completion", shell])
    assert caught.value.code == 0
    script = capsys.readouterr().out
    for word in ("compare-builds", "weight-bits", "pynq-z2", "vitis"):
        assert word in script, word


def complete(script: Path, line: str) -> set[str]:
    """What bash offers for the last word of a line."""
    words = line.split(" ")
    quoted = " ".join(repr(word) for word in words)
    text = (
        f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
        "_shtab_asn2fpga 2> /dev/null; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True, cwd=script.parent)
    return set(done.stdout.split())


def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--print-completion", "bash"])
    script = tmp_path / "completion.sh"
    script.write_text(capsys.readouterr().out)
    (tmp_path / "model.pt").touch()
    assert complete(script, "asn2fpga compare") == {"compare", "compare-builds"}
    assert "--weight-bits" in complete(script, "asn2fpga build --w")
    assert complete(script, "asn2fpga build --board py") == {"pynq-z1", "pynq-z2"}
    assert "model.pt" in complete(script, "asn2fpga build mo")


def test_exit_codes_are_documented(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "Exit status: 0 done; 1 a check failed" in capsys.readouterr().out
