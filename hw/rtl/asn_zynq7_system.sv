// The accelerator with a DMA of our own behind two ports of a Zynq-7000's processing system: registers at M_AXI_GP0, memory
// at S_AXI_HP0 (64 bits). What Vivado's designs have of IP cores is written out here, so that any tool can build it.
module asn_zynq7_system #(
  parameter int INPUT_BITS = 32,  // of a word to the accelerator, 32 or 64
  parameter int OUTPUT_BITS = 32,  // of a word from it
  parameter logic [31:12] ACCELERATOR = 20'h43c00,  // pages of the registers
  parameter logic [31:12] DMA = 20'h40400
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic [11:0] gp_awid,
  input  logic [31:0] gp_awaddr,
  input  logic [ 3:0] gp_awlen,
  input  logic [ 1:0] gp_awsize,
  input  logic [ 1:0] gp_awburst,
  input  logic        gp_awvalid,
  output logic        gp_awready,
  input  logic [31:0] gp_wdata,
  input  logic [ 3:0] gp_wstrb,
  input  logic        gp_wlast,
  input  logic        gp_wvalid,
  output logic        gp_wready,
  output logic [11:0] gp_bid,
  output logic [ 1:0] gp_bresp,
  output logic        gp_bvalid,
  input  logic        gp_bready,
  input  logic [11:0] gp_arid,
  input  logic [31:0] gp_araddr,
  input  logic [ 3:0] gp_arlen,
  input  logic [ 1:0] gp_arsize,
  input  logic [ 1:0] gp_arburst,
  input  logic        gp_arvalid,
  output logic        gp_arready,
  output logic [11:0] gp_rid,
  output logic [31:0] gp_rdata,
  output logic [ 1:0] gp_rresp,
  output logic        gp_rlast,
  output logic        gp_rvalid,
  input  logic        gp_rready,
  output logic [31:0] hp_araddr,
  output logic [ 3:0] hp_arlen,
  output logic        hp_arvalid,
  input  logic        hp_arready,
  input  logic [63:0] hp_rdata,
  input  logic [ 1:0] hp_rresp,
  input  logic        hp_rvalid,
  output logic        hp_rready,
  output logic [31:0] hp_awaddr,
  output logic [ 3:0] hp_awlen,
  output logic        hp_awvalid,
  input  logic        hp_awready,
  output logic [63:0] hp_wdata,
  output logic [ 7:0] hp_wstrb,
  output logic        hp_wlast,
  output logic        hp_wvalid,
  input  logic        hp_wready,
  input  logic [ 1:0] hp_bresp,
  input  logic        hp_bvalid,
  output logic        hp_bready
);
  // AXI4-Lite to the accelerator (0) and to the DMA (1).
  logic [11:0] lite_awaddr;
  logic [1:0] lite_awvalid;
  logic [1:0] lite_awready;
  logic [31:0] lite_wdata;
  logic [3:0] lite_wstrb;
  logic [1:0] lite_wvalid;
  logic [1:0] lite_wready;
  logic [1:0] lite_bvalid;
  logic [1:0] lite_bready;
  logic [11:0] lite_araddr;
  logic [1:0] lite_arvalid;
  logic [1:0] lite_arready;
  logic [31:0] lite_rdata_0;
  logic [31:0] lite_rdata_1;
  logic [1:0] lite_rvalid;
  logic [1:0] lite_rready;

  logic [INPUT_BITS-1:0] input_tdata;
  logic input_tvalid;
  logic input_tready;
  logic input_tlast;
  logic [OUTPUT_BITS-1:0] output_tdata;
  logic output_tvalid;
  logic output_tready;
  logic output_tlast;

  asn_axi3_bridge #(.FIRST(ACCELERATOR), .SECOND(DMA)) u_bridge (
    .clk(clk), .rst_n(rst_n),
    .s_axi_awid(gp_awid), .s_axi_awaddr(gp_awaddr), .s_axi_awlen(gp_awlen), .s_axi_awsize(gp_awsize),
    .s_axi_awburst(gp_awburst), .s_axi_awvalid(gp_awvalid), .s_axi_awready(gp_awready),
    .s_axi_wdata(gp_wdata), .s_axi_wstrb(gp_wstrb), .s_axi_wlast(gp_wlast),
    .s_axi_wvalid(gp_wvalid), .s_axi_wready(gp_wready),
    .s_axi_bid(gp_bid), .s_axi_bresp(gp_bresp), .s_axi_bvalid(gp_bvalid), .s_axi_bready(gp_bready),
    .s_axi_arid(gp_arid), .s_axi_araddr(gp_araddr), .s_axi_arlen(gp_arlen), .s_axi_arsize(gp_arsize),
    .s_axi_arburst(gp_arburst), .s_axi_arvalid(gp_arvalid), .s_axi_arready(gp_arready),
    .s_axi_rid(gp_rid), .s_axi_rdata(gp_rdata), .s_axi_rresp(gp_rresp), .s_axi_rlast(gp_rlast),
    .s_axi_rvalid(gp_rvalid), .s_axi_rready(gp_rready),
    .m_axi_awaddr(lite_awaddr), .m_axi_awvalid(lite_awvalid), .m_axi_awready(lite_awready),
    .m_axi_wdata(lite_wdata), .m_axi_wstrb(lite_wstrb), .m_axi_wvalid(lite_wvalid), .m_axi_wready(lite_wready),
    .m_axi_bvalid(lite_bvalid), .m_axi_bready(lite_bready),
    .m_axi_araddr(lite_araddr), .m_axi_arvalid(lite_arvalid), .m_axi_arready(lite_arready),
    .m_axi_rdata_0(lite_rdata_0), .m_axi_rdata_1(lite_rdata_1),
    .m_axi_rvalid(lite_rvalid), .m_axi_rready(lite_rready)
  );

  // verilator lint_off PINCONNECTEMPTY
  asn2fpga_accelerator accelerator (
    .clk(clk), .rst_n(rst_n),
    .s_axi_awaddr(lite_awaddr), .s_axi_awvalid(lite_awvalid[0]), .s_axi_awready(lite_awready[0]),
    .s_axi_wdata(lite_wdata), .s_axi_wstrb(lite_wstrb),
    .s_axi_wvalid(lite_wvalid[0]), .s_axi_wready(lite_wready[0]),
    .s_axi_bresp(), .s_axi_bvalid(lite_bvalid[0]), .s_axi_bready(lite_bready[0]),
    .s_axi_araddr(lite_araddr), .s_axi_arvalid(lite_arvalid[0]), .s_axi_arready(lite_arready[0]),
    .s_axi_rdata(lite_rdata_0), .s_axi_rresp(), .s_axi_rvalid(lite_rvalid[0]), .s_axi_rready(lite_rready[0]),
    .s_axis_tdata(input_tdata), .s_axis_tkeep({INPUT_BITS / 8{1'b1}}), .s_axis_tvalid(input_tvalid),
    .s_axis_tready(input_tready), .s_axis_tlast(input_tlast),
    .m_axis_tdata(output_tdata), .m_axis_tkeep(), .m_axis_tvalid(output_tvalid),
    .m_axis_tready(output_tready), .m_axis_tlast(output_tlast)
  );

  asn_dma #(.INPUT_BITS(INPUT_BITS), .OUTPUT_BITS(OUTPUT_BITS)) u_dma (
    .clk(clk), .rst_n(rst_n),
    .s_axi_awaddr(lite_awaddr), .s_axi_awvalid(lite_awvalid[1]), .s_axi_awready(lite_awready[1]),
    .s_axi_wdata(lite_wdata), .s_axi_wstrb(lite_wstrb),
    .s_axi_wvalid(lite_wvalid[1]), .s_axi_wready(lite_wready[1]),
    .s_axi_bresp(), .s_axi_bvalid(lite_bvalid[1]), .s_axi_bready(lite_bready[1]),
    .s_axi_araddr(lite_araddr), .s_axi_arvalid(lite_arvalid[1]), .s_axi_arready(lite_arready[1]),
    .s_axi_rdata(lite_rdata_1), .s_axi_rresp(), .s_axi_rvalid(lite_rvalid[1]), .s_axi_rready(lite_rready[1]),
    .m_axi_araddr(hp_araddr), .m_axi_arlen(hp_arlen), .m_axi_arvalid(hp_arvalid), .m_axi_arready(hp_arready),
    .m_axi_rdata(hp_rdata), .m_axi_rresp(hp_rresp), .m_axi_rvalid(hp_rvalid), .m_axi_rready(hp_rready),
    .m_axi_awaddr(hp_awaddr), .m_axi_awlen(hp_awlen), .m_axi_awvalid(hp_awvalid), .m_axi_awready(hp_awready),
    .m_axi_wdata(hp_wdata), .m_axi_wstrb(hp_wstrb), .m_axi_wlast(hp_wlast),
    .m_axi_wvalid(hp_wvalid), .m_axi_wready(hp_wready),
    .m_axi_bresp(hp_bresp), .m_axi_bvalid(hp_bvalid), .m_axi_bready(hp_bready),
    .m_axis_tdata(input_tdata), .m_axis_tvalid(input_tvalid),
    .m_axis_tready(input_tready), .m_axis_tlast(input_tlast),
    .s_axis_tdata(output_tdata), .s_axis_tvalid(output_tvalid),
    .s_axis_tready(output_tready), .s_axis_tlast(output_tlast)
  );
  // verilator lint_on PINCONNECTEMPTY
endmodule
