"""Readable identifiers from LLVM's and the C++ compiler's names."""

from __future__ import annotations

import re

# Names clang invents for temporaries; they say nothing a reader wants to know.
_CLANG_NAMES = frozenset(
    """
    conv add sub mul shl shr or and xor div rem cmp neg not idxprom arrayidx loadedv storedv tobool
    frombool cond inc dec call retval ref tmp agg coerce narrow spec select sroa lnot lor land this
    """.split()
)
# All of IEEE 1800-2017, annex B, and the names our own modules give to clock and reset.
_VERILOG_WORDS = frozenset(
    """
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic
    before begin bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle
    checker class clk clocking cmos config const constraint context continue cover covergroup
    coverpoint cross deassign default defparam design disable dist do edge else end endcase
    endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface
    endmodule endpackage endprimitive endprogram endproperty endsequence endspecify endtable endtask
    enum event eventually expect export extends extern final first_match for force foreach forever
    fork forkjoin function generate genvar global highz0 highz1 if iff ifnone ignore_bins
    illegal_bins implements implies import incdir include initial inout input inside instance int
    integer interconnect interface intersect join join_any join_none large let liblist library local
    localparam logic longint macromodule matches medium modport module nand negedge nettype new
    nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed parameter pmos
    posedge primitive priority program property protected pull0 pull1 pulldown pullup
    pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime
    ref reg reject_on release repeat restrict return rnmos rpmos rst_n rtran rtranif0 rtranif1
    s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal
    showcancelled signed small soft solve specify specparam static string strong strong0 strong1
    struct super supply0 supply1 sync_accept_on sync_reject_on table tagged task this throughout
    time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type typedef
    union unique unique0 unsigned until until_with untyped use uwire var vectored virtual void wait
    wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor
    """.split()
)


def value_name(llvm_name: str, kind: str) -> str:
    """A stem for a value's signal name: the C++ variable's if LLVM kept it, else the kind of operation."""
    stem = re.split(r"[.]", llvm_name)[0].rstrip("0123456789")
    if not re.fullmatch(r"[A-Za-z]\w*", stem) or stem.rstrip("_") in _CLANG_NAMES:
        return kind
    return stem


def identifier(text: str) -> str:
    """`text` as an identifier that SystemVerilog does not reserve."""
    name = re.sub(r"\W", "_", text) or "x"
    name = name if name[0].isalpha() or name[0] == "_" else f"x{name}"
    return name + "_" if is_reserved(name) else name


def is_reserved(name: str) -> bool:
    """Whether SystemVerilog keeps this name for itself."""
    return name in _VERILOG_WORDS


def demangle_last(mangled: str) -> str:
    """Last identifier in an Itanium-mangled name: `_ZZ..E8membrane` -> membrane, `_ZZ..E8membrane_0` too.

    A variable template is known by its own name: `_Z7weightsILi8EE` -> weights.

    The number before it must not be a template argument (`Li17E`), and it must reach the name's end.
    """
    template = re.match(r"_Z(\d+)", mangled)
    if template and mangled[template.end() + int(template[1]) :].startswith("I"):
        return demangle_function(mangled)
    for match in re.finditer(r"(?<![0-9i])[0-9]+", mangled):
        word = mangled[match.end() : match.end() + int(match[0])]
        rest = mangled[match.end() + len(word) :]
        known = re.fullmatch(r"[A-Za-z_]\w*", word) and re.fullmatch(r"(_\d*_?)?", rest)
        if known and len(word) == int(match[0]):
            return word
    return mangled


def variable_name(base: str) -> str:
    """C++ name of a variable whose LLVM name this is."""
    return demangle_last(base) if base.startswith("_Z") else base.split(".")[0]


def demangle_function(mangled: str) -> str:
    """Name of a function: `_Z12fc1_compressRN3hls...` -> fc1_compress, `_ZN5layerILi3EE3runE...` -> run."""
    match = re.match(r"_ZL?(\d+)", mangled)
    if match is None:
        nested = re.match(r"_ZNK?(.*)", mangled)
        return _last_nested(nested[1], mangled) if nested else mangled
    return mangled[match.end() : match.end() + int(match[1])]


def _last_nested(text: str, mangled: str) -> str:
    name = mangled
    while match := re.match(r"L?(\d+)", text):
        end = match.end() + int(match[1])
        name, text = text[match.end() : end], text[end:]
        if text.startswith("I"):
            text = text[_arguments_end(text) :]
    return name


def _arguments_end(text: str) -> int:
    """Where template arguments `I...E` end."""
    depth, position = 0, 0
    while position < len(text):
        literal = re.match(r"L(?:[a-z]|\d+)", text[position:])
        if literal:  # of a builtin type or of an enumeration; its digits are a value
            count = literal[0][1:]
            skipped = position + literal.end() + (int(count) if count.isdigit() else 0)
            position = text.index("E", skipped) + 1 if "E" in text[skipped:] else len(text)
            continue
        name = re.match(r"\d+", text[position:])
        if name:
            position += name.end() + int(name[0])
            continue
        depth += (text[position] in "INJXF") - (text[position] == "E")
        position += 1
        if depth == 0:
            break
    return position


class Names:
    """Hands out each identifier once: `group`, `group_1`, ..."""

    def __init__(self, reserved: set[str] | None = None) -> None:
        self._taken = set(reserved or ())
        self._next: dict[str, int] = {}

    def unique(self, stem: str) -> str:
        """An identifier that starts with `stem` and was not handed out before."""
        base = identifier(stem)
        name = base
        while name in self._taken:
            self._next[base] = self._next.get(base, 0) + 1
            name = f"{base}_{self._next[base]}"
        self._taken.add(name)
        return name
