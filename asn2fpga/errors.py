"""Every exception the project raises on purpose. All of them carry one sentence for the user.

Form of a message: *where: subject must be X, not Y; hint.*
"""


class Asn2FpgaError(Exception):
    """Base of all errors the user is meant to read; `exit_code` is what the command line returns."""

    exit_code = 2


class InputError(Asn2FpgaError):
    """The user's input (file, option, array, configuration) is not what it must be."""


class UnsupportedError(InputError):
    """The input is valid, but asks for something asn2fpga does not build; the message names what it does."""


class RuleError(Asn2FpgaError):
    """A graph breaks a rule of the IR; the message shows the graph with the rule under the layer."""


class ToolError(Asn2FpgaError):
    """An external program is missing or failed; the message holds its real log line and the log's path."""

    exit_code = 1


class CheckError(Asn2FpgaError):
    """A check of the result failed: a mismatch, a network that does not fit, a lint error in the RTL."""

    exit_code = 1


class MismatchError(CheckError):
    """Two models of the same network disagree; the message names layer, vector, time step and neuron."""


class DoesNotFitError(CheckError):
    """The network needs more than the board has; the message names the layer and what to change."""


class StoppedError(Asn2FpgaError):
    """A build was stopped from outside (Ctrl-C, full disk); the message says what is kept."""

    exit_code = 1


class HlsError(Asn2FpgaError):
    """The embedded HLS engine met C++ it does not take; the message holds FILE:LINE and what to write."""
