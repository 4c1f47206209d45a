// AXI4-Lite slave in front of 32-bit registers, one access of each direction at a time. Every access is answered
// with OKAY; a write that does not write the whole word is answered and not done.
//
// write: one cycle, with write_register and write_data. read: one cycle, with read_register; read_data is taken in
// the next cycle. Registers are numbered by their byte offset / 4.
module asn_axi_lite #(
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
  output logic                    write,
  output logic [ADDRESS_BITS-3:0] write_register,
  output logic [            31:0] write_data,
  output logic                    read,
  output logic [ADDRESS_BITS-3:0] read_register,
  input  logic [            31:0] read_data
);
  localparam logic [1:0] OKAY = 2'b00;

  logic running;
  logic address_held;  // a write's address is here
  logic data_held;  // a write's data are here
  logic whole_word;
  logic do_write;
  logic read_busy;  // from taking an address to giving its data
  logic read_done;  // read_data are there

  assign s_axi_bresp = OKAY;
  assign s_axi_rresp = OKAY;
  assign s_axi_awready = running && !address_held;
  assign s_axi_wready = running && !data_held;
  assign s_axi_arready = running && !read_busy;
  assign do_write = address_held && data_held && !s_axi_bvalid;
  assign write = do_write && whole_word;

  // Byte offsets within a word mean nothing.
  // verilator lint_off UNUSEDSIGNAL
  logic [3:0] unused;
  assign unused = {s_axi_awaddr[1:0], s_axi_araddr[1:0]};
  // verilator lint_on UNUSEDSIGNAL

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      running <= 1'b0;
      address_held <= 1'b0;
      data_held <= 1'b0;
      s_axi_bvalid <= 1'b0;
    end else begin
      running <= 1'b1;
      if (s_axi_awvalid && s_axi_awready) address_held <= 1'b1;
      else if (do_write) address_held <= 1'b0;
      if (s_axi_wvalid && s_axi_wready) data_held <= 1'b1;
      else if (do_write) data_held <= 1'b0;
      if (do_write) s_axi_bvalid <= 1'b1;
      else if (s_axi_bready) s_axi_bvalid <= 1'b0;
    end
  end

  always_ff @(posedge clk) begin
    if (s_axi_awvalid && s_axi_awready) write_register <= s_axi_awaddr[ADDRESS_BITS-1:2];
    if (s_axi_wvalid && s_axi_wready) begin
      write_data <= s_axi_wdata;
      whole_word <= s_axi_wstrb == 4'hf;
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      read_busy <= 1'b0;
      read <= 1'b0;
      read_done <= 1'b0;
      s_axi_rvalid <= 1'b0;
    end else begin
      read <= s_axi_arvalid && s_axi_arready;
      read_done <= read;
      if (s_axi_arvalid && s_axi_arready) read_busy <= 1'b1;
      else if (s_axi_rvalid && s_axi_rready) read_busy <= 1'b0;
      if (read_done) s_axi_rvalid <= 1'b1;
      else if (s_axi_rready) s_axi_rvalid <= 1'b0;
    end
  end

  always_ff @(posedge clk) begin
    if (s_axi_arvalid && s_axi_arready) read_register <= s_axi_araddr[ADDRESS_BITS-1:2];
    if (read_done) s_axi_rdata <= read_data;
  end
endmodule
