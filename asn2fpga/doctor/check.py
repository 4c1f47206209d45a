"""One finding of the doctor, and how a check becomes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from asn2fpga.errors import Asn2FpgaError

Status = Literal["works", "missing", "broken", "not tested"]


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing. `detail`: version, time or error; `remedy`: how to get it."""

    name: str
    needed_for: str
    required: bool
    status: Status
    detail: str
    remedy: str

    @property
    def is_fine(self) -> bool:
        """Whether a build can do with this."""
        return self.status == "works" or not self.required


@dataclass(frozen=True)
class Check:
    """Something to find out: `run` returns the detail, or raises one of our errors."""

    name: str
    needed_for: str
    remedy: str
    run: Callable[[], str]

    def find(self) -> Finding:
        """Run it; an error is a finding, not an error of the doctor."""
        try:
            detail = self.run()
        except Asn2FpgaError as error:
            return self.finding("broken", str(error))
        except (ImportError, OSError) as error:
            return self.finding("broken", f"{type(error).__name__}: {error}")
        return self.finding("works", detail)

    def finding(self, status: Status, detail: str) -> Finding:
        """A finding about this check."""
        return Finding(self.name, self.needed_for, True, status, detail, self.remedy)
