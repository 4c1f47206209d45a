"""The connection to the simulation: a request is a line of JSON and bytes, so is the answer."""

import json
import os
import socket
import threading

VARIABLE = "ASN2FPGA_SIMULATED_BOARD"


class Link:
    """One connection for the whole process, made at the first request."""

    def __init__(self):
        self._stream = None
        self._lock = threading.Lock()

    def ask(self, request, data=b""):
        """Answer and its bytes; time in the simulation stands still before and after."""
        with self._lock:
            if self._stream is None:
                self._connect()
            line = json.dumps(dict(request, bytes=len(data))).encode() + b"\n"
            self._stream.write(line + data)
            self._stream.flush()
            answer = self._stream.readline()
            if not answer:
                raise RuntimeError(
                    "simulated board: it ended without an answer; see the log of the simulation."
                )
            reply = json.loads(answer)
            if "error" in reply:
                raise RuntimeError("simulated board: " + reply["error"])
            return reply, self._stream.read(reply["bytes"])

    def _connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(board()["socket"])
        self._stream = connection.makefile("rwb")


def board():
    """Socket and addresses of the board that this process was started for."""
    if VARIABLE not in os.environ:
        raise RuntimeError("simulated board: " + VARIABLE + " must be set, as simulated_board() does it.")
    return json.loads(os.environ[VARIABLE])


def simulation():
    """What is simulated, in words."""
    return json.loads(os.environ.get(VARIABLE, "{}")).get("simulated", "RTL simulation with Verilator")


link = Link()


def inject(fault):
    """Let a fault happen at the next message; see FAULTS in asn2fpga/verify/axi_dma.py."""
    link.ask({"do": "fault", "fault": fault})


def simulated_seconds():
    """Time in the simulation, by the clock of the accelerator."""
    reply, _ = link.ask({"do": "time"})
    return reply["seconds"]
