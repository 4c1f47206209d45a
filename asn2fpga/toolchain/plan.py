"""What a tool run needs, as data: files to write and commands to start. Planning runs and writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from asn2fpga.errors import InputError
from asn2fpga.files import replacing


@dataclass(frozen=True)
class Command:
    """One program call. `cwd` and `log` are relative to the folder the plan is written to."""

    arguments: tuple[str, ...]
    log: str
    timeout_seconds: float
    cwd: str = "."
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BuildPlan:
    """Files (relative POSIX path -> content) and the commands to run after writing them, in order."""

    files: Mapping[str, bytes | str] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over files and commands; equal plans have equal digests, whatever the order of files."""
        parts = [f"{path}\n".encode() + _digest(self.files[path]) for path in sorted(self.files)]
        parts += [repr(_plain(command)).encode() for command in self.commands]
        return hashlib.sha256(b"\n".join(parts)).hexdigest()

    def write(self, directory: Path) -> None:
        """Write every file below `directory`, each one whole or not at all; equal files stay untouched.

        Raises InputError if a path leaves `directory` or the file cannot be written.
        """
        for path in sorted(self.files):
            relative = PurePosixPath(path)
            if relative.is_absolute() or ".." in relative.parts:
                raise InputError(f"{path}: file of a plan must lie below its folder, not outside.")
        for path in sorted(self.files):
            write_file(directory / path, self.files[path])


def write_file(path: Path, content: bytes | str) -> None:
    """Write one file whole or not at all, unless it already holds `content`. Creates its folder."""
    data = _to_bytes(content)
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise InputError(
            f"{path}: file must be writable, not refused ({error.strerror}); free space or permissions, then "
            "run the same command again: finished stages are kept."
        ) from error


def _replace(path: Path, data: bytes) -> None:
    with replacing(path) as stream:
        stream.write(data)


def _to_bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _digest(content: bytes | str) -> bytes:
    return hashlib.sha256(_to_bytes(content)).hexdigest().encode()


def _plain(command: Command) -> tuple[object, ...]:
    environment = sorted(command.environment.items())
    return (command.arguments, command.log, command.timeout_seconds, command.cwd, environment)
