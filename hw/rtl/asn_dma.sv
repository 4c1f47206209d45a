// DMA between memory and the streams of the accelerator: registers over AXI4-Lite, memory over AXI3 with 64 bits, one
// transfer of each direction at a time. For designs that have no AXI DMA of the vendor.
module asn_dma #(
  parameter int INPUT_BITS = 32,  // of a word to the accelerator, 32 or 64
  parameter int OUTPUT_BITS = 32,  // of a word from it
  parameter int ADDRESS_BITS = 12
) (
  input  logic                    clk,
  input  logic                    rst_n,
  input  logic [ADDRESS_BITS-1:0] s_axi_awaddr,
  input  logic                    s_axi_awvalid,
  output logic                    s_axi_awready,
  input  logic [            31:0] s_axi_wdata,
  input  logic [             3:0] s_axi_wstrb,
  input  logic                    s_axi_wvalid,
  output logic                    s_axi_wready,
  output logic [             1:0] s_axi_bresp,
  output logic                    s_axi_bvalid,
  input  logic                    s_axi_bready,
  input  logic [ADDRESS_BITS-1:0] s_axi_araddr,
  input  logic                    s_axi_arvalid,
  output logic                    s_axi_arready,
  output logic [            31:0] s_axi_rdata,
  output logic [             1:0] s_axi_rresp,
  output logic                    s_axi_rvalid,
  input  logic                    s_axi_rready,
  output logic [            31:0] m_axi_araddr,
  output logic [             3:0] m_axi_arlen,
  output logic                    m_axi_arvalid,
  input  logic                    m_axi_arready,
  input  logic [            63:0] m_axi_rdata,
  input  logic [             1:0] m_axi_rresp,
  input  logic                    m_axi_rvalid,
  output logic                    m_axi_rready,
  output logic [            31:0] m_axi_awaddr,
  output logic [             3:0] m_axi_awlen,
  output logic                    m_axi_awvalid,
  input  logic                    m_axi_awready,
  output logic [            63:0] m_axi_wdata,
  output logic [             7:0] m_axi_wstrb,
  output logic                    m_axi_wlast,
  output logic                    m_axi_wvalid,
  input  logic                    m_axi_wready,
  input  logic [             1:0] m_axi_bresp,
  input  logic                    m_axi_bvalid,
  output logic                    m_axi_bready,
  output logic [  INPUT_BITS-1:0] m_axis_tdata,
  output logic                    m_axis_tvalid,
  input  logic                    m_axis_tready,
  output logic                    m_axis_tlast,
  input  logic [ OUTPUT_BITS-1:0] s_axis_tdata,
  input  logic                    s_axis_tvalid,
  output logic                    s_axis_tready,
  input  logic                    s_axis_tlast
);
  localparam int LENGTH_BITS = 26;
  localparam int REGISTER_BITS = ADDRESS_BITS - 2;
  logic write;
  logic [REGISTER_BITS-1:0] write_register;
  logic [31:0] write_data;
  logic [REGISTER_BITS-1:0] read_register;
  logic [31:0] read_data;
  logic [31:0] send_data;
  logic [31:0] receive_data;
  logic resetting;

  logic send_asks;  // for a reset
  logic send_start;
  logic [31:3] send_address;
  logic [LENGTH_BITS-1:0] send_length;
  logic send_flush;
  logic send_quiet;
  logic send_done;
  logic send_failed;
  logic [1:0] send_response;
  logic [LENGTH_BITS-1:0] send_moved;

  logic receive_asks;  // for a reset
  logic receive_start;
  logic [31:3] receive_address;
  logic [LENGTH_BITS-1:0] receive_length;
  logic receive_flush;
  logic receive_quiet;
  logic receive_done;
  logic receive_too_long;
  logic receive_failed;
  logic [1:0] receive_response;
  logic [LENGTH_BITS-1:0] receive_moved;

  always_ff @(posedge clk) begin
    if (!rst_n) resetting <= 1'b1;
    else if (send_asks || receive_asks) resetting <= 1'b1;
    else if (send_quiet && receive_quiet) resetting <= 1'b0;
  end

  always_ff @(posedge clk) begin
    read_data <= send_data | receive_data;
    if (send_start) send_moved <= send_length;
  end

  // verilator lint_off PINCONNECTEMPTY
  asn_axi_lite #(.ADDRESS_BITS(ADDRESS_BITS)) u_registers (
    .clk(clk), .rst_n(rst_n),
    .s_axi_awaddr(s_axi_awaddr), .s_axi_awvalid(s_axi_awvalid), .s_axi_awready(s_axi_awready),
    .s_axi_wdata(s_axi_wdata), .s_axi_wstrb(s_axi_wstrb),
    .s_axi_wvalid(s_axi_wvalid), .s_axi_wready(s_axi_wready),
    .s_axi_bresp(s_axi_bresp), .s_axi_bvalid(s_axi_bvalid), .s_axi_bready(s_axi_bready),
    .s_axi_araddr(s_axi_araddr), .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready),
    .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp),
    .s_axi_rvalid(s_axi_rvalid), .s_axi_rready(s_axi_rready),
    .write(write), .write_register(write_register), .write_data(write_data),
    .read(), .read_register(read_register), .read_data(read_data)
  );
  // verilator lint_on PINCONNECTEMPTY

  asn_dma_channel #(
    .WORD_BITS(INPUT_BITS), .LENGTH_BITS(LENGTH_BITS), .BASE(0), .REGISTER_BITS(REGISTER_BITS)
  ) u_send_registers (
    .clk(clk), .rst_n(rst_n), .resetting(resetting),
    .write(write), .write_register(write_register), .write_data(write_data),
    .read_register(read_register), .read_data(send_data),
    .asks_for_reset(send_asks),
    .start(send_start), .address(send_address), .length(send_length), .flush(send_flush),
    .done(send_done), .impossible(1'b0), .failed(send_failed), .response(send_response),
    .moved(send_moved)
  );

  asn_dma_channel #(
    .WORD_BITS(OUTPUT_BITS), .LENGTH_BITS(LENGTH_BITS), .BASE(asn2fpga_dma_registers::RECEIVE_CONTROL - asn2fpga_dma_registers::SEND_CONTROL), .REGISTER_BITS(REGISTER_BITS)
  ) u_receive_registers (
    .clk(clk), .rst_n(rst_n), .resetting(resetting),
    .write(write), .write_register(write_register), .write_data(write_data),
    .read_register(read_register), .read_data(receive_data),
    .asks_for_reset(receive_asks),
    .start(receive_start), .address(receive_address), .length(receive_length), .flush(receive_flush),
    .done(receive_done), .impossible(receive_too_long), .failed(receive_failed), .response(receive_response),
    .moved(receive_moved)
  );

  asn_dma_send #(.WORD_BITS(INPUT_BITS), .LENGTH_BITS(LENGTH_BITS)) u_send (
    .clk(clk), .rst_n(rst_n),
    .start(send_start), .address(send_address), .length(send_length),
    .flush(send_flush), .quiet(send_quiet), .done(send_done), .failed(send_failed), .response(send_response),
    .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen),
    .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(m_axi_arready),
    .m_axi_rdata(m_axi_rdata), .m_axi_rresp(m_axi_rresp),
    .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast)
  );

  asn_dma_receive #(.WORD_BITS(OUTPUT_BITS), .LENGTH_BITS(LENGTH_BITS)) u_receive (
    .clk(clk), .rst_n(rst_n),
    .start(receive_start), .address(receive_address), .length(receive_length),
    .flush(receive_flush), .quiet(receive_quiet), .done(receive_done), .moved(receive_moved),
    .too_long(receive_too_long), .failed(receive_failed), .response(receive_response),
    .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid),
    .s_axis_tready(s_axis_tready), .s_axis_tlast(s_axis_tlast),
    .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen),
    .m_axi_awvalid(m_axi_awvalid), .m_axi_awready(m_axi_awready),
    .m_axi_wdata(m_axi_wdata), .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast),
    .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready),
    .m_axi_bresp(m_axi_bresp), .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready)
  );
endmodule
