"""A package on a board that is reached over ssh: copy it there, run its self test, bring the results back.

OpenSSH does the talking (`ssh`, `scp`, or what ASN2FPGA_SSH and ASN2FPGA_SCP name), in batch mode: it never
asks. Nothing stays on the board.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.board.selftest_run import RESULT, SCORES, Job, SelfTest, read_result
from asn2fpga.errors import InputError, ToolError
from asn2fpga.toolchain import process

LOST = 255
"""Exit status of ssh itself; a program on the other side that ends with it looks the same."""
STATUSES = tuple(range(256))
STEP_SECONDS = 300.0
FOLDER = re.compile(r"^/tmp/asn2fpga-run-\w+$", re.MULTILINE)
HINTS = (
    ("Permission denied", "put your key there first (ssh-copy-id), or name one with --identity"),
    ("Host key verification failed", "connect once by hand with ssh and accept its key"),
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", "if the board was set up anew: ssh-keygen -R HOST"),
    ("Could not resolve", "check the name"),
    ("", "check that it is on, in the network, and that its ssh server runs"),
)


@dataclass(frozen=True)
class RemoteBoard:
    """Where the board is and how to run things there. `python`: its Python; `sudo`: run it as root.

    The login shell is used, because PYNQ images set up their environment there.
    """

    host: str
    user: str | None = None
    port: int = 22
    identity: Path | None = None
    ssh_config: Path | None = None
    python: str = "python3"
    sudo: bool = False

    @property
    def target(self) -> str:
        """`user@host`, or `host`."""
        return f"{self.user}@{self.host}" if self.user else self.host

    def shell(self, command: str) -> str:
        """One line for the remote shell: `command` in a login shell of bash, as root if asked for."""
        return f"{'sudo -n ' if self.sudo else ''}bash -lc {shlex.quote(command)}"


def check_remote(board: RemoteBoard) -> None:
    """InputError unless names and files can be given to ssh safely."""
    for option, name in (("--host", board.host), ("--user", board.user)):
        if name is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._:%-]*", name):
            raise InputError(f"{option}: the value must be a plain name or address, not '{name}'.")
    if not 0 < board.port < 65536:
        raise InputError(f"--port: the value must be 1..65535, not {board.port}.")
    for option, path in (("--identity", board.identity), ("--ssh-config", board.ssh_config)):
        if path is not None and not path.is_file():
            raise InputError(f"{option} {path}: no such file.")


class Connection:
    """Commands and copies; every log is one file in `logs`."""

    def __init__(self, board: RemoteBoard, logs: Path) -> None:
        self._board = board
        self._logs = logs

    def ssh(self, command: str, name: str, timeout_seconds: float = STEP_SECONDS) -> process.Finished:
        """Run one line in the remote shell; any exit status but ssh's own."""
        program = process.find_program("ssh", "ASN2FPGA_SSH")
        arguments = (*self._options("-p"), "--", self._board.target, command)
        return self._run(program, arguments, name, timeout_seconds)

    def copy(self, sources: Sequence[str], target: str, name: str, required: bool = True) -> None:
        """scp; names on the board as `remote` gives them. ToolError if it fails and is `required`."""
        program = process.find_program("scp", "ASN2FPGA_SCP")
        arguments = ("-q", *self._options("-P"), "--", *sources, target)
        done = self._run(program, arguments, name, STEP_SECONDS)
        if done.status and required:
            raise ToolError(f"{self._board.host}: scp did not copy {name}: {last_line(done.log)}.")

    def remote(self, path: str) -> str:
        """`path` on the board, for scp."""
        host = f"[{self._board.host}]" if ":" in self._board.host else self._board.host
        return f"{f'{self._board.user}@' if self._board.user else ''}{host}:{path}"

    def _options(self, port: str) -> list[str]:
        board = self._board
        options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30"]
        options += ["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"]
        options += ["-F", str(board.ssh_config)] if board.ssh_config else []
        options += ["-i", str(board.identity)] if board.identity else []
        return [*options, port, str(board.port)]

    def _run(
        self, program: Path, arguments: Sequence[str], name: str, timeout_seconds: float
    ) -> process.Finished:
        return process.run(
            [program, *arguments],
            cwd=Path.cwd(),
            log=self._logs / f"board-{name}.log",
            timeout_seconds=timeout_seconds,
            accept=STATUSES,
        )


def run_remote(board: RemoteBoard, job: Job, say: Callable[[str], None]) -> SelfTest:
    """Run selftest.py of the job's package on the board; its results are left in `job.results` too.

    ToolError, one sentence, if the board cannot be reached, the connection breaks or the test cannot run.
    """
    check_remote(board)
    connection = Connection(board, job.logs)
    say(f"connecting to {board.target}")
    folder = _make_folder(connection, board)
    try:
        say("copying")
        connection.copy([str(job.package.resolve())], connection.remote(f"{folder}/package.zip"), "package")
        if job.data:
            connection.copy([str(job.data.resolve())], connection.remote(f"{folder}/data.npz"), "data")
        say("running the self test")
        data = ["--data", f"{folder}/data.npz"] if job.data else []
        command = _command(board, folder, [*job.options, *data])
        done = connection.ssh(board.shell(command), "selftest", job.timeout_seconds)
        if done.status == LOST:
            raise ToolError(
                f"{board.host}: the connection broke before the self test ended "
                f"({last_line(done.log)}); run the same command again."
            )
        _bring_back(connection, folder, job, done.status)
        return read_result(board.host, job.results, done)
    finally:
        connection.ssh(board.shell(f"rm -rf {folder}"), "clean-up")


def _make_folder(connection: Connection, board: RemoteBoard) -> str:
    done = connection.ssh("mktemp -d /tmp/asn2fpga-run-XXXXXXXXXX", "connect")
    found = FOLDER.search(done.log.read_text(errors="replace"))
    if done.status == LOST:
        text = done.log.read_text(errors="replace")
        hint = next(hint for sign, hint in HINTS if sign in text)
        raise ToolError(f"{board.host}: cannot be reached over ssh ({last_line(done.log)}); {hint}.")
    if done.status or not found:
        raise ToolError(
            f"{board.host}: {board.target} cannot make a folder in /tmp there ({last_line(done.log)})."
        )
    return found[0]


def _command(board: RemoteBoard, folder: str, options: Sequence[str]) -> str:
    python = shlex.quote(board.python)
    arguments = shlex.join([*options, "--json", f"{folder}/{RESULT}", "--scores", f"{folder}/{SCORES}"])
    return (
        f"cd {folder} && {python} -m zipfile -e package.zip package && "
        f"exec {python} package/selftest.py {arguments}"
    )


def _bring_back(connection: Connection, folder: str, job: Job, status: int) -> None:
    """Copy the results. A test that could not even begin has none, one with exit status 0 has all."""
    job.clear_results()
    wanted = (RESULT, SCORES) if job.data and status == 0 else (RESULT,)
    sources = [connection.remote(f"{folder}/{name}") for name in wanted]
    connection.copy(sources, str(job.results), "results", required=status == 0)


def last_line(log: Path) -> str:
    """The last line of a log that is not empty, without its full stop."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "no message"
