// One stage of a stream, with registers on both sides: no combinational path leads from one side to the other, and
// one word a cycle goes through. While in reset it takes nothing and offers nothing.
module asn_register_slice #(
  parameter int WIDTH = 32
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic             in_valid,
  output logic             in_ready,
  input  logic [WIDTH-1:0] in_data,
  output logic             out_valid,
  input  logic             out_ready,
  output logic [WIDTH-1:0] out_data
);
  logic running;
  logic spare_valid;  // holds the word that came while the output was stalled
  logic [WIDTH-1:0] spare_data;

  assign in_ready = running && !spare_valid;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      running <= 1'b0;
      spare_valid <= 1'b0;
      out_valid <= 1'b0;
    end else begin
      running <= 1'b1;
      if (out_ready || !out_valid) begin
        out_valid <= spare_valid || (in_valid && in_ready);
        spare_valid <= 1'b0;
      end else if (in_valid && in_ready) begin
        spare_valid <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk) begin
    if (out_ready || !out_valid) out_data <= spare_valid ? spare_data : in_data;
    if (in_valid && in_ready) spare_data <= in_data;
  end
endmodule
