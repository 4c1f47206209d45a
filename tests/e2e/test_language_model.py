"""docs/language-model.md: its commands, with little training, end in one text of golden, C++ and RTL."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import pytest

from asn2fpga.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "language-model.md"
QUICKLY = {
    "train-example": [
        "--train-samples",
        "1280",
        "--test-samples",
        "40",
        "--epochs",
        "1",
        "--time-steps",
        "8",
    ],
    "build": ["--vectors", "6", "--cocotb-vectors", "2"],
    "generate": [],
}


def commands() -> list[list[str]]:
    """What the page says to type, without the name of the program."""
    lines = [line.strip() for line in PAGE.read_text().splitlines() if line.startswith("    asn2fpga ")]
    return [shlex.split(line)[1:] for line in lines]


def snippet() -> str:
    """The Python of the page."""
    (found,) = re.findall(r"^    import numpy as np\n(?:(?:    .*)?\n)*", PAGE.read_text(), re.MULTILINE)
    return textwrap.dedent(found)


def test_the_page_trains_builds_and_writes() -> None:
    assert [command[0] for command in commands()] == ["train-example", "build", "generate"]


@pytest.mark.slow
def test_its_commands_end_in_the_same_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in commands():
        assert main([*command, *QUICKLY[command[0]]]) == 0
    said = capsys.readouterr().out
    assert "golden = cpp = rtl: 50 characters, identical" in said
    assert "perplexity of 40 characters that follow the samples of the build: " in said
    exec(compile(snippet(), str(PAGE), "exec"), {})
    assert main(["generate", "build/lm", "--models", "golden,tube"]) == 2
    assert "error: --models: the models must be of golden, cpp, rtl, not 'tube'." in capsys.readouterr().err
    assert main(["generate", "build/lm", "--characters", "0"]) == 2
    assert main(["generate", "build/lm", "--temperature", "-1"]) == 2
    assert main(["generate", "build/lm", "--seed", "-1"]) == 2
    assert main(["generate", "build/lm", "--prompt", "é"]) == 2
    assert "error: --prompt: the text must have a character that the model knows" in capsys.readouterr().err
