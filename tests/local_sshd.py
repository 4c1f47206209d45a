"""A real sshd on the loopback interface with keys of its own: the board of the tests of `asn2fpga run`."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from needs import find, need

SERVER = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
SetEnv {environment}
"""
CLIENT = """\
Host *
  User {user}
  IdentityFile {folder}/key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
"""


@dataclass(frozen=True)
class Server:
    """A running sshd. `folder` holds key, other_key (not allowed in), known_hosts and ssh_config."""

    port: int
    folder: Path

    @property
    def options(self) -> list[object]:
        """What `asn2fpga run` needs to reach it."""
        return ["--host", "127.0.0.1", "--port", self.port, "--ssh-config", self.folder / "ssh_config"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def local_sshd(folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Start sshd; sessions get `environment`. It has ended afterwards, and all its sessions with it."""
    need("ssh", "ssh-keygen", "sshd")
    sshd = str(find("sshd"))
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host_key", "key", "other_key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    port = free_port()
    (folder / "authorized_keys").write_text((folder / "key.pub").read_text())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    (folder / "ssh_config").write_text(CLIENT.format(user=getpass.getuser(), folder=folder))
    values = " ".join(f'"{name}={value}"' for name, value in environment.items())
    (folder / "sshd_config").write_text(SERVER.format(port=port, folder=folder, environment=values))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd of root gives up its rights
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen([sshd, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
        try:
            wait_for(server, port, folder / "sshd.log")
            yield Server(port, folder)
        finally:
            server.terminate()
            server.wait(10)


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        assert server.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())
