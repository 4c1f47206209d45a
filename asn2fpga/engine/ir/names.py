"""Identifiers that SystemVerilog takes, each handed out once."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100  # characters of a name; with what is appended to it still that of a file

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


def identifier(text: str) -> str:
    """`text` as an identifier of at most LONGEST ASCII characters that SystemVerilog does not reserve."""
    name = re.sub(r"\W", "_", in_ascii(text))[:LONGEST] or "x"
    name = name if name[0].isalpha() or name[0] == "_" else f"x{name}"
    return name + "_" if is_reserved(name) else name


def in_ascii(text: str) -> str:
    """`text` with letters outside ASCII without their marks, by name or by number: e, alpha, u4e2d."""
    return "".join(map(_in_ascii, unicodedata.normalize("NFKD", text)))


def _in_ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    if unicodedata.combining(letter):
        return ""
    name = re.search(r"(SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)$", unicodedata.name(letter, ""))
    if name is None:
        return f"u{ord(letter):x}"
    return name[2].lower() if name[1] == "SMALL" else name[2].capitalize()


def is_reserved(name: str) -> bool:
    """Whether SystemVerilog keeps this name for itself."""
    return name in _VERILOG_WORDS


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
