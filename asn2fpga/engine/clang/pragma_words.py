"""The words of `#pragma HLS`, as Vitis HLS spells them: directives, their options and flags."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What may follow a directive's name: `option=value` and flags without value, in lower case."""

    options: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


def _words(options: str = "", flags: str = "") -> Words:
    return Words(frozenset(options.split()), frozenset(flags.split()))


PARTITIONS = ("complete", "cyclic", "block")
CONTROLS = ("ap_ctrl_none", "ap_ctrl_hs", "ap_ctrl_chain")
SCALAR_PORTS = ("ap_none", "ap_vld", "ap_ack", "ap_hs", "ap_stable", "ap_ovld")
MEMORY_PORTS = ("m_axi", "bram", "ap_memory", "ap_fifo")

USED = {
    "PIPELINE": _words("ii style", "off rewind enable_flush"),
    "UNROLL": _words("factor", "region skip_exit_check off"),
    "ARRAY_PARTITION": _words("variable type factor dim", "complete cyclic block off"),
    "ARRAY_RESHAPE": _words("variable type factor dim", "complete cyclic block object off"),
    "DATAFLOW": _words("", "disable_start_propagation"),
    "STREAM": _words("variable depth dim type", "off"),
    "BIND_STORAGE": _words("variable type impl latency"),
    "DEPENDENCE": _words(
        "variable class type direction distance dependent",
        "array pointer inter intra raw war waw true false",
    ),
    "INLINE": _words("", "off recursive region"),
    "LOOP_TRIPCOUNT": _words("min max avg"),
    "INTERFACE": _words(
        "port mode register_mode depth bundle name clock latency offset storage_type storage_impl "
        "num_read_outstanding num_write_outstanding max_read_burst_length max_write_burst_length "
        "max_widen_bitwidth channel",
        " ".join(("axis", "s_axilite", "register", "both", "forward", "reverse",
                  *CONTROLS, *SCALAR_PORTS, *MEMORY_PORTS)),
    ),
}  # fmt: skip

# Of Vitis too; they change no value, and the engine does what they ask for by itself or not at all.
UNUSED = frozenset(
    """
    AGGREGATE ALIAS ALLOCATION ARRAY_MAP ARRAY_STREAM BIND_OP CACHE DATA_PACK DISAGGREGATE
    EXPRESSION_BALANCE FUNCTION_INSTANTIATE LATENCY LOOP_FLATTEN LOOP_MERGE OCCURRENCE PERFORMANCE PROTOCOL
    RESET RESOURCE STABLE TOP
    """.split()
)
