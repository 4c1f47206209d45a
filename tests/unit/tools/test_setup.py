"""tools/setup.sh on machines that lack something, and on those that have it all already."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fresh_machine import Machine

FOR_USE = "-m pip install --quiet --disable-pip-version-check -c constraints.txt -e ."
FOR_TESTS = f"{FOR_USE}[dev]"
FRAMEWORKS = "-m pip install --quiet --disable-pip-version-check --no-deps -r tools/frameworks.txt"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refused(machine: Machine, message: str, **environment: str) -> None:
    done = machine.run("setup.sh", **environment)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"set-up: {message}\n")
    assert machine.pip_calls == []
    assert not (machine.clone / ".venv").exists()


@pytest.mark.parametrize(("version", "shown"), [(None, "missing"), ("3.9.2", "Python 3.9.2")])
def test_python_must_be_new_enough(machine: Machine, version: str | None, shown: str) -> None:
    if version:
        machine.add_python(version=version, old=True)
    refused(
        machine,
        f"Python must be 3.11 or newer, not {shown}; install it (Debian 12, Ubuntu 24.04: apt-get install "
        "python3 python3-venv) or name one by BASE_PYTHON.",
    )


def test_python_without_ensurepip_names_the_debian_package(machine: Machine) -> None:
    machine.add_python(ensurepip=False)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    refused(
        machine,
        f"python3 cannot make virtual environments, because the Debian package {package} is missing; "
        f"install it with: apt-get install {package}",
    )


def test_a_folder_of_something_else_is_never_deleted(machine: Machine, tmp_path: Path) -> None:
    machine.add_python()
    precious = tmp_path / "documents"
    precious.mkdir()
    (precious / "thesis.tex").touch()
    refused(
        machine,
        f"{precious} must be a virtual environment or not exist, not be something else; "
        "VENV names another place.",
        VENV=str(precious),
    )
    assert (precious / "thesis.tex").exists()


def test_a_newer_python_of_another_name_is_found(machine: Machine) -> None:
    machine.add_python(version="3.9.2", old=True)
    machine.add_python("python3.13", version="3.13.0")
    done = machine.run("setup.sh")
    assert done.stderr.startswith("set-up: making .venv with Python 3.13.0\n")


def test_packages_are_installed_once(machine: Machine) -> None:
    machine.add_python()
    first, second = machine.run("setup.sh"), machine.run("setup.sh")
    assert (first.returncode, machine.pip_calls) == (0, [FOR_USE])
    assert "set-up: installing asn2fpga and its packages into .venv: PyTorch" in first.stderr
    assert (second.returncode, second.stderr) == (0, "set-up: .venv is up to date\n")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_packages_are_installed_again_when_they_change(machine: Machine, name: str) -> None:
    machine.add_python()
    machine.run("setup.sh")
    with (machine.clone / name).open("a") as stream:
        stream.write("# changed\n")
    machine.run("setup.sh")
    assert machine.pip_calls == [FOR_USE, FOR_USE]


def test_an_environment_for_tests_is_one_for_use_but_not_the_other_way_round(machine: Machine) -> None:
    machine.add_python()
    for arguments in ([], ["--tests"], [], ["--tests"]):
        assert machine.run("setup.sh", *arguments).returncode == 0
    assert machine.pip_calls == [FOR_USE, FOR_TESTS, FRAMEWORKS]


def test_a_clone_that_was_moved_is_installed_again(machine: Machine) -> None:
    machine.add_python()
    machine.run("setup.sh")
    machine.clone = machine.clone.rename(machine.clone.with_name("moved"))
    machine.run("setup.sh")
    assert machine.pip_calls == [FOR_USE, FOR_USE]


def test_a_broken_environment_is_made_anew(machine: Machine) -> None:
    machine.add_python()
    machine.run("setup.sh")
    python = machine.clone / ".venv" / "bin" / "python"
    python.unlink()
    done = machine.run("setup.sh")
    assert done.returncode == 0 and python.exists()
    assert machine.pip_calls == [FOR_USE, FOR_USE]


def test_a_failure_of_pip_is_not_taken_for_done(machine: Machine) -> None:
    machine.add_python()
    fails = machine.log.with_name("pip.log.fails")
    fails.touch()
    assert machine.run("setup.sh").returncode == 1
    fails.unlink()
    assert machine.run("setup.sh").returncode == 0
    assert machine.pip_calls == [FOR_USE, FOR_USE]


def test_a_missing_library_of_python_is_named(machine: Machine) -> None:
    """Debian has it in a package of its own; cocotb needs it."""
    machine.add_python()
    machine.log.with_name("pip.log.no-library").touch()
    done = machine.run("setup.sh")
    assert done.returncode == 0
    assert done.stderr.endswith(
        "set-up: the Debian package libpython3.12 is missing: without it the part of the RTL simulation "
        "under cocotb is skipped;\nset-up: install it with: apt-get install libpython3.12\n"
    )
