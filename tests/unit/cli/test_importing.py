"""Options about models that come from elsewhere, as the command line gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.api.importing import import_options, source_file
from asn2fpga.api.request import out_name
from asn2fpga.cli.parser import make_parser
from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions


def options_of(*arguments: str) -> ImportOptions:
    options = make_parser().parse_args(["build", "net.py:Net", *arguments])
    return import_options(vars(options), options.data)


def test_everything_that_can_be_said() -> None:
    given = "--weights w.pt --model-args width=3 act=relu --input-scale 1/4 --encoding events --max-count 7"
    time = "--time-steps 9 --time-axis last"
    more = "--output 1 --read-out max --dt 0.001 --nir-discretisation exact --unsafe-pickle"
    found = options_of(*given.split(), *time.split(), *more.split(), "--data", "d.npz")
    assert found == ImportOptions(
        arguments=(("width", "3"), ("act", "relu")),
        weights=Path("w.pt"),
        unsafe_pickle=True,
        input_scale=0.25,
        encoding="events",
        max_count=7,
        time_steps=9,
        time_axis="last",
        output=1,
        read_out="max",
        dt=0.001,
        discretisation="exact",
        data=Path("d.npz"),
    )
    assert ImportOptions.from_plain(found.to_plain(), Path("d.npz")) == found
    assert options_of() == ImportOptions()


WRONG = {
    "--model-args width": "--model-args: an argument must be written NAME=VALUE, not 'width'.",
    "--model-args 3=4": "--model-args: an argument must be written NAME=VALUE, not '3=4'.",
    "--time-steps 0": "--time-steps: the value must be at least 1, not 0.",
    "--max-count 0": "--max-count: the value must be at least 1, not 0.",
    "--output -1": "--output: the value must be at least 0, not -1.",
    "--dt 0": "--dt: the value must be a time above 0 in seconds, not 0.",
    "--input-scale 1/0": "--input-scale: the value must be a number above 0 like 1/255 or 0.5, not '1/0'.",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(text: str) -> None:
    with pytest.raises(InputError) as info:
        options_of(*text.split())
    assert str(info.value) == WRONG[text]


def test_the_file_of_a_model_and_the_name_of_its_folder(tmp_path: Path) -> None:
    there = tmp_path / "odd:name.pt"
    there.write_bytes(b"")
    assert (source_file(there), out_name(there)) == (there, "odd:name")
    assert (source_file(Path("a/net.py:Net")), out_name(Path("a/net.py:Net"))) == (Path("a/net.py"), "Net")
    assert (source_file(Path("nets.mnist:small")), out_name(Path("nets.mnist:small"))) == (None, "small")
    assert (source_file(Path("gone.pt")), out_name(Path("gone.pt"))) == (Path("gone.pt"), "gone")
