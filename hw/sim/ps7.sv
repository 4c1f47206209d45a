// Stand-ins for two primitives of a Zynq-7000, for simulation and for tools that know none: the processing system with the
// ports that our design uses, whose outputs a testbench drives, and the buffer of a clock.
//
// Names and widths are those of the primitives in Yosys' xilinx/cells_xtra.v.
// verilator lint_off DECLFILENAME
module BUFG (
  input  wire I,
  output wire O
);
  assign O = I;
endmodule

// verilator lint_off UNUSEDSIGNAL
// verilator lint_off UNDRIVEN
(* blackbox *)
module PS7 (
  output wire  [ 3:0] FCLKCLK,
  output wire  [ 3:0] FCLKRESETN,
  input  logic        MAXIGP0ACLK,
  output logic [11:0] MAXIGP0AWID,
  output logic [31:0] MAXIGP0AWADDR,
  output logic [ 3:0] MAXIGP0AWLEN,
  output logic [ 1:0] MAXIGP0AWSIZE,
  output logic [ 1:0] MAXIGP0AWBURST,
  output logic        MAXIGP0AWVALID,
  input  logic        MAXIGP0AWREADY,
  output logic [31:0] MAXIGP0WDATA,
  output logic [ 3:0] MAXIGP0WSTRB,
  output logic        MAXIGP0WLAST,
  output logic        MAXIGP0WVALID,
  input  logic        MAXIGP0WREADY,
  input  logic [11:0] MAXIGP0BID,
  input  logic [ 1:0] MAXIGP0BRESP,
  input  logic        MAXIGP0BVALID,
  output logic        MAXIGP0BREADY,
  output logic [11:0] MAXIGP0ARID,
  output logic [31:0] MAXIGP0ARADDR,
  output logic [ 3:0] MAXIGP0ARLEN,
  output logic [ 1:0] MAXIGP0ARSIZE,
  output logic [ 1:0] MAXIGP0ARBURST,
  output logic        MAXIGP0ARVALID,
  input  logic        MAXIGP0ARREADY,
  input  logic [11:0] MAXIGP0RID,
  input  logic [31:0] MAXIGP0RDATA,
  input  logic [ 1:0] MAXIGP0RRESP,
  input  logic        MAXIGP0RLAST,
  input  logic        MAXIGP0RVALID,
  output logic        MAXIGP0RREADY,
  input  logic        SAXIHP0ACLK,
  input  logic [ 5:0] SAXIHP0ARID,
  input  logic [31:0] SAXIHP0ARADDR,
  input  logic [ 3:0] SAXIHP0ARLEN,
  input  logic [ 1:0] SAXIHP0ARSIZE,
  input  logic [ 1:0] SAXIHP0ARBURST,
  input  logic [ 3:0] SAXIHP0ARCACHE,
  input  logic [ 1:0] SAXIHP0ARLOCK,
  input  logic [ 2:0] SAXIHP0ARPROT,
  input  logic [ 3:0] SAXIHP0ARQOS,
  input  logic        SAXIHP0ARVALID,
  output logic        SAXIHP0ARREADY,
  output logic [63:0] SAXIHP0RDATA,
  output logic [ 1:0] SAXIHP0RRESP,
  output logic        SAXIHP0RVALID,
  input  logic        SAXIHP0RREADY,
  input  logic [ 5:0] SAXIHP0AWID,
  input  logic [31:0] SAXIHP0AWADDR,
  input  logic [ 3:0] SAXIHP0AWLEN,
  input  logic [ 1:0] SAXIHP0AWSIZE,
  input  logic [ 1:0] SAXIHP0AWBURST,
  input  logic [ 3:0] SAXIHP0AWCACHE,
  input  logic [ 1:0] SAXIHP0AWLOCK,
  input  logic [ 2:0] SAXIHP0AWPROT,
  input  logic [ 3:0] SAXIHP0AWQOS,
  input  logic        SAXIHP0AWVALID,
  output logic        SAXIHP0AWREADY,
  input  logic [ 5:0] SAXIHP0WID,
  input  logic [63:0] SAXIHP0WDATA,
  input  logic [ 7:0] SAXIHP0WSTRB,
  input  logic        SAXIHP0WLAST,
  input  logic        SAXIHP0WVALID,
  output logic        SAXIHP0WREADY,
  output logic [ 1:0] SAXIHP0BRESP,
  output logic        SAXIHP0BVALID,
  input  logic        SAXIHP0BREADY,
  input  logic        SAXIHP0RDISSUECAP1EN,
  input  logic        SAXIHP0WRISSUECAP1EN
);
  logic clock;  // bits of their own, as a testbench wants them
  logic reset_n;
  assign FCLKCLK = {3'b000, clock};
  assign FCLKRESETN = {3'b000, reset_n};
endmodule
