"""tools/test-programs.sh: installs where it may, else says what will be skipped; never fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from fresh_machine import Machine

PACKAGES = "g++ iverilog tcl openssh-client openssh-server"
PROGRAMS = "g++ iverilog tclsh ssh sshd".split()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    (machine.bin / "env").symlink_to("/usr/bin/env")
    script = machine.clone / "tools" / "test-programs.sh"
    script.write_text(script.read_text().replace(":/usr/sbin:/sbin", ""))  # this machine may have them there
    return machine


def add_apt(machine: Machine, status: int = 0) -> Path:
    log = machine.log.with_name("apt.log")
    machine.add("apt-get", f'#!/bin/sh\necho "$@" >> {log}\nexit {status}\n')
    return log


def be(machine: Machine, user: int) -> None:
    machine.add("id", f"#!/bin/sh\necho {user}\n")


def skipped(reason: str, packages: str = PACKAGES) -> str:
    return (
        f"set-up: not installed: {packages} ({reason}); tests that need them will be skipped.\n"
        f"set-up: to run them too: apt-get install {packages}\n"
    )


def test_nothing_to_do_where_all_is_there(machine: Machine) -> None:
    for name in PROGRAMS:
        machine.add(name, "#!/bin/sh\n")
    done = machine.run("test-programs.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_installs_what_is_missing(machine: Machine) -> None:
    be(machine, 0)
    log = add_apt(machine)
    machine.add("ssh", "#!/bin/sh\n")
    done = machine.run("test-programs.sh")
    missing = "g++ iverilog tcl openssh-server"
    assert done.stderr == f"set-up: installing Debian packages that only tests need: {missing}\n"
    assert log.read_text() == f"update -qq\ninstall -y -qq --no-install-recommends {missing}\n"


def test_a_user_with_sudo_installs_too(machine: Machine) -> None:
    be(machine, 1000)
    log = add_apt(machine)
    machine.add("sudo", '#!/bin/sh\n[ "$1" = -n ] && exit 0\nexec "$@"\n')
    assert machine.run("test-programs.sh").returncode == 0
    assert log.read_text() == f"update -qq\ninstall -y -qq --no-install-recommends {PACKAGES}\n"


@pytest.mark.parametrize("sudo", ["none", "with a password"])
def test_a_user_without_rights_is_told_what_is_skipped(machine: Machine, sudo: str) -> None:
    be(machine, 1000)
    log = add_apt(machine)
    if sudo != "none":
        machine.add("sudo", "#!/bin/sh\nexit 1\n")
    done = machine.run("test-programs.sh")
    assert (done.returncode, done.stderr) == (0, skipped("this needs root, or sudo without a password"))
    assert not log.exists()


def test_a_system_without_apt_is_told_what_is_skipped(machine: Machine) -> None:
    done = machine.run("test-programs.sh")
    assert (done.returncode, done.stderr) == (0, skipped("there is no apt-get here"))


def test_a_failure_of_apt_skips_tests(machine: Machine) -> None:
    be(machine, 0)
    add_apt(machine, status=100)
    done = machine.run("test-programs.sh")
    assert done.returncode == 0
    assert done.stderr.endswith(skipped("apt-get failed"))


def test_the_library_of_python_is_installed_too(machine: Machine) -> None:
    machine.add_python()
    machine.log.with_name("pip.log.no-library").touch()
    machine.run("setup.sh")
    be(machine, 0)
    log = add_apt(machine)
    assert machine.run("test-programs.sh", VENV=str(machine.clone / ".venv")).returncode == 0
    assert log.read_text().endswith(f"{PACKAGES} libpython3.12\n")
