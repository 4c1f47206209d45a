"""One `#pragma HLS` line as calls of marker functions (hw/hls/llvm/asn_markers.h) that stand in its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from asn2fpga.engine.clang.pragma_words import (
    CONTROLS,
    MEMORY_PORTS,
    PARTITIONS,
    SCALAR_PORTS,
    UNUSED,
    USED,
)
from asn2fpga.errors import HlsError

_LINE = re.compile(r"\s*#\s*pragma\s+HLS\s+(\w+)(.*)", re.IGNORECASE)
_NEVER = 1 << 20  # the distance of iterations that never meet
_AS_ARRAYS = {"complete": 0, "cyclic": 1, "block": 2}


@dataclass(frozen=True)
class Translation:
    """C++ statements in place of a directive, and what of it has no effect."""

    code: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pragma:
    """A directive: its name in upper case, options and flags in lower case."""

    place: str  # FILE:LINE
    name: str
    options: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        """The beginning of messages about it."""
        return f"{self.place}: #pragma HLS {self.name}"

    def one_of(self, option: str, words: tuple[str, ...], default: str) -> str:
        """The value of an option that may also be written as a flag.

        Raises:
            HlsError: it is none of `words`.
        """
        found = [word for word in words if word in self.flags]
        value = self.options.get(option, found[0] if found else default).lower()
        if value not in words:
            raise HlsError(f"{self.where}: {option} must be {_either(words)}, not '{value}'")
        return value

    def needed(self, option: str) -> str:
        """The value of an option that must be there.

        Raises:
            HlsError: it is missing.
        """
        if option not in self.options:
            raise HlsError(f"{self.where}: {option}= is missing")
        return self.options[option]

    def unused(self, *words: str) -> tuple[str, ...]:
        """A warning for each of some options and flags that it has."""
        there = [word for word in words if word in self.options or word in self.flags]
        return tuple(f"{self.where}: '{word}' has no effect" for word in there)


def read_pragma(line: str, place: str) -> Pragma:
    """Parse a line.

    Raises:
        HlsError: a directive, option or flag that Vitis HLS does not know either.
    """
    found = _LINE.match(line)
    name = found[1].upper() if found else ""
    if found is None or (name not in USED and name not in UNUSED):
        raise HlsError(f"{place}: #pragma HLS {found[1] if found else ''}: there is no such directive")
    options: dict[str, str] = {}
    flags: set[str] = set()
    pragma = Pragma(place, name)
    for word in re.sub(r"\s*=\s*", "=", found[2]).split():
        key, is_option, value = word.partition("=")
        known = USED.get(name)
        if known is not None and key.lower() not in (known.options if is_option else known.flags):
            words = (*sorted(f"{option}=" for option in known.options), *sorted(known.flags))
            raise HlsError(f"{pragma.where}: there is no '{word}' in it; known are {', '.join(words)}")
        if is_option:
            options[key.lower()] = value
        else:
            flags.add(key.lower())
    return Pragma(place, name, options, frozenset(flags))


def translate(pragma: Pragma) -> Translation:
    """What stands in a directive's place.

    Raises:
        HlsError: an option is missing or has a value that it cannot have.
    """
    if pragma.name in UNUSED:
        return Translation("", (f"{pragma.where} has no effect",))
    return _TRANSLATIONS[pragma.name](pragma)


def _pipeline(pragma: Pragma) -> Translation:
    if "off" in pragma.flags:
        return Translation("", (f"{pragma.where} off has no effect: every innermost loop is pipelined",))
    return Translation(
        f"asn_pipeline({pragma.options.get('ii', '1')});", pragma.unused("style", "enable_flush")
    )


def _unroll(pragma: Pragma) -> Translation:
    factor = "0" if "off" in pragma.flags else pragma.options.get("factor", "-1")
    return Translation(f"asn_unroll({factor});", pragma.unused("region", "skip_exit_check"))


def _array_partition(pragma: Pragma) -> Translation:
    """Also ARRAY_RESHAPE: words that Vitis puts side by side in one memory are in memories side by side."""
    variable = pragma.needed("variable")
    if "off" in pragma.flags:
        return Translation("", pragma.unused("off"))
    kind = pragma.one_of("type", PARTITIONS, "complete")
    factor = "0" if kind == "complete" else pragma.needed("factor")
    dimension = pragma.options.get("dim", "1")
    code = f"asn_array_partition(&{variable}[0], {_AS_ARRAYS[kind]}, {factor}, {dimension});"
    return Translation(code, pragma.unused("object"))


def _dataflow(pragma: Pragma) -> Translation:
    return Translation("asn_dataflow();", pragma.unused("disable_start_propagation"))


def _stream(pragma: Pragma) -> Translation:
    variable = pragma.needed("variable")
    warnings = pragma.unused("dim", "off", "type")
    if "depth" not in pragma.options:
        return Translation("", (*warnings, f"{pragma.where} without depth= has no effect"))
    return Translation(f"asn_stream_depth(&{variable}, {pragma.options['depth']});", warnings)


def _bind_storage(pragma: Pragma) -> Translation:
    variable, kind = pragma.needed("variable"), pragma.needed("type").lower()
    impl = pragma.options.get("impl", "").lower()
    if kind.startswith("rom") and impl == "lutram":
        return Translation(f"asn_rom_lut(&{variable}[0]);", pragma.unused("latency"))
    if kind.startswith("ram") and impl == "uram":
        return Translation(f"asn_ram_ultra(&{variable}[0]);", pragma.unused("latency"))
    reason = (
        "the size of an array says what it is made of; "
        "only type=rom_... impl=lutram and type=ram_... impl=uram are asked for"
    )
    return Translation(f"(void)({variable});", (f"{pragma.where} of {variable} has no effect: {reason}",))


def _dependence(pragma: Pragma) -> Translation:
    kind = pragma.one_of("type", ("inter", "intra"), "inter")
    exists = pragma.one_of("dependent", ("true", "false"), "true") == "true"
    direction = pragma.one_of("direction", ("raw", "war", "waw"), "raw")
    warnings = pragma.unused("class", "array", "pointer")
    variable = pragma.options.get("variable")
    if variable is None or kind == "intra" or direction != "raw":
        reason = "only type=inter of one variable, read after it was written, is asked for"
        return Translation("", (*warnings, f"{pragma.where} has no effect: {reason}"))
    distance = pragma.options.get("distance", "1") if exists else str(_NEVER)
    return Translation(f"asn_dependence_distance(&{variable}[0], {distance});", warnings)


def _inline(pragma: Pragma) -> Translation:
    if "off" not in pragma.flags:
        return Translation("", pragma.unused("region"))
    reason = "functions are inlined unless they are processes"
    return Translation("", (f"{pragma.where} off has no effect: {reason}",))


def _tripcount(pragma: Pragma) -> Translation:
    average = pragma.options.get("avg", "0")
    least, most = pragma.options.get("min", average), pragma.options.get("max", average)
    if most == "0":
        return Translation("", (f"{pragma.where} without max= or avg= has no effect",))
    return Translation(f"asn_trip_count({least}, {most});")


def _interface(pragma: Pragma) -> Translation:
    modes = ("axis", "s_axilite", *CONTROLS, *SCALAR_PORTS, *MEMORY_PORTS)
    mode, port = pragma.one_of("mode", modes, ""), pragma.needed("port")
    others = sorted(pragma.options.keys() - {"mode", "port"} | pragma.flags & {"register", "both"})
    warnings = pragma.unused(*others)
    if port == "return":
        return Translation(_control(mode), warnings + _control_warning(pragma, mode))
    if mode in ("axis", "ap_none", "ap_stable"):
        return Translation(f"(void)({port});", warnings)
    if mode in MEMORY_PORTS:
        instead = f"memory ports are not built; send the words of {port} through a hls::stream"
    elif mode == "s_axilite":
        instead = f"registers are not built; pass {port} by value (mode=ap_none) and drive it from registers"
    else:
        instead = f"a value has no handshake; pass {port} by value (mode=ap_none), or through a hls::stream"
    raise HlsError(f"{pragma.where} mode={mode}: {instead}")


def _control(mode: str) -> str:
    return "asn_control_handshake();" if mode == "ap_ctrl_hs" else ""


def _control_warning(pragma: Pragma, mode: str) -> tuple[str, ...]:
    if mode in ("ap_ctrl_none", "ap_ctrl_hs"):
        return ()
    reason = "the design runs by itself; ap_ctrl_hs makes ap_start, ap_done, ap_ready and ap_idle"
    return (f"{pragma.where} mode={mode} port=return has no effect: {reason}",)


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_TRANSLATIONS: dict[str, Callable[[Pragma], Translation]] = {
    "PIPELINE": _pipeline,
    "UNROLL": _unroll,
    "ARRAY_PARTITION": _array_partition,
    "ARRAY_RESHAPE": _array_partition,
    "DATAFLOW": _dataflow,
    "STREAM": _stream,
    "BIND_STORAGE": _bind_storage,
    "DEPENDENCE": _dependence,
    "INLINE": _inline,
    "LOOP_TRIPCOUNT": _tripcount,
    "INTERFACE": _interface,
}
