"""What `verify --all` says of the parts that its workers compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from asn2fpga.api import verify_all
from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.stages.base import Build, Request
from asn2fpga.stages.folder import Folder


class Answering:
    """A pool whose workers have found every value equal."""

    name = "answering"

    def __init__(self, *hidden: str) -> None:
        self.hidden = list(hidden)

    def at_a_time(self) -> int:
        return 2

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        future: Future[dict[str, Any]] = Future()
        count = plain["given"]["count"]
        future.set_result({"value": {"vectors": count, "spikes": 1000 * count, "hidden": self.hidden}})
        return future

    def check(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("hidden", "end"),
    [
        ((), ""),
        (("fc1", "fc2"), "; scores compared, but not the events of fc1, fc2: this RTL hides them"),
    ],
)
def test_layers_that_were_not_compared_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: tuple[str, ...], end: str
) -> None:
    def parts(build: Build) -> Iterator[tuple[int, int]]:
        yield from ((0, 2), (2, 1))

    monkeypatch.setattr(verify_all, "parts_of", parts)
    build = Build(Request(Path("m.pt"), find_board("pynq-z2"), Config()), Folder(tmp_path), {})
    found = verify_all._Parts(build, None, lambda text: None).run(Answering(*hidden))
    assert found.text == (
        f"RTL simulation: all 3 samples in 2 parts, 3,000 spikes compared, 0 mismatches{end}"
    )
