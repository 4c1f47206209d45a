"""Words that no layer may be called: keywords of C++, SystemVerilog and VHDL, and names of our own."""

from __future__ import annotations

_CPP = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const
consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do
double dynamic_cast else enum explicit export extern false float for friend goto if inline int long main
mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
reinterpret_cast requires return short signed sizeof static static_assert static_cast std struct switch
template this thread_local throw true try typedef typeid typename union unsigned using virtual void
volatile wchar_t while xor xor_eq ap_int ap_uint hls
"""

_VERILOG = """
accept_on alias always always_comb always_ff always_latch assert assign assume automatic before begin
bind bins binsof bit buf bufif0 bufif1 byte casex casez cell chandle checker clocking cmos config
constraint context cover covergroup coverpoint cross deassign defparam design disable dist edge end
endcase endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface
endmodule endpackage endprimitive endprogram endproperty endspecify endsequence endtable endtask event
eventually expect extends final first_match force foreach forever fork forkjoin function generate genvar
global highz0 highz1 iff ifnone ignore_bins illegal_bins implements implies import incdir include
initial inout input inside instance integer interconnect interface intersect join join_any join_none
large let liblist library local localparam logic longint macromodule matches medium modport module nand
negedge nettype nexttime nmos nor noshowcancelled notif0 notif1 null output package packed parameter
pmos posedge primitive priority program property protected pull0 pull1 pulldown pullup
pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref reg
reject_on release repeat restrict rnmos rpmos rtran rtranif0 rtranif1 s_always s_eventually s_nexttime
s_until s_until_with scalared sequence shortint shortreal showcancelled small soft solve specify
specparam string strong strong0 strong1 supply0 supply1 super sync_accept_on sync_reject_on table tagged
task time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type unique
unique0 until until_with untyped use uwire var vectored wait wait_order wand weak weak0 weak1 wildcard
wire with within wor xnor
"""

_VHDL = """
abs access after all architecture array attribute block body buffer bus component configuration
disconnect downto elsif entity exit file generic group guarded impure in inertial is label linkage
literal loop map mod next of on open others out port postponed procedure process pure range record
reject rem report rol ror select severity shared signal sla sll sra srl subtype then to transport
unaffected units until variable when
"""

_OWN = """
pixels events encode receive_events scores output ap_clk ap_rst_n clock reset core top network
"""

RESERVED = frozenset(f"{_CPP} {_VERILOG} {_VHDL} {_OWN}".split())
RESERVED_ENDINGS = ("_events", "_counts", "_scores", "_core")  # of streams and modules named after layers
HARDWARE_ENDINGS = ("_currents", "_fork", "_integrate", "_send")  # where names of processes begin
HARDWARE_INFIXES = {"_from_": "_of_"}  # `a_from_b` is what layer a reads of layer b
