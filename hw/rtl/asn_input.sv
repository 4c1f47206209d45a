// Input messages: `batch` inferences each, TLAST on the last word. Cuts them into inferences for the core, announces
// each inference (start), and checks every word before the core sees it. From the first malformed word on all
// input is taken and thrown away (draining) until reset: a DMA is never blocked, and the core never gets garbage.
// The rest of an inference that has been answered can be cut: its ends go on, its events do not, its pixels are 0.
module asn_input #(
  parameter int INPUT_KIND = 0,  // 0: frames, 1: events
  parameter int INPUT_SIZE = 1,
  parameter int INPUT_WORDS = 1,
  parameter int ADDRESS_BITS = 1,
  parameter int COUNT_BITS = 1,
  parameter int TIME_STEPS = 1,
  parameter int WORD_BITS = 32
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        held,  // nothing moves
  input  logic        discard,  // but input is taken and thrown away
  input  logic [31:0] batch,  // at least 1
  input  logic [WORD_BITS-1:0] s_axis_tdata,
  input  logic        s_axis_tvalid,
  output logic        s_axis_tready,
  input  logic        s_axis_tlast,
  output logic [WORD_BITS-1:0] core_tdata,
  output logic        core_tvalid,
  input  logic        core_tready,
  output logic        core_tlast,
  output logic        start,  // an inference begins with the word of this cycle
  output logic        start_last,  // it is the last one of its message
  input  logic        start_ready,
  input  logic        answered,  // the only inference in flight, whose rest is to be cut
  output logic        draining,
  output logic        in_message,
  output logic        short_message,
  output logic        missing_last,
  output logic        long_message,
  output logic        bad_event,
  output logic        event_order
);
  logic slice_ready;
  logic taken;
  logic checked;  // the word of this cycle is not thrown away already
  logic forward;
  logic first;
  logic last;
  logic wrong_event;
  logic wrong_order;
  logic cutting;
  logic passed;  // to the core
  logic [WORD_BITS-1:0] data;
  logic final_word;  // of the message
  logic overdue;  // the message should have ended
  logic [31:0] batch_left;  // `batch` - 1
  logic [31:0] message_left;
  logic [31:0] left;  // inferences of this message behind this one

  assign s_axis_tready = discard || (!held && (draining || (slice_ready && (!first || start_ready))));
  assign taken = s_axis_tvalid && s_axis_tready;
  assign checked = taken && !discard && !draining;
  assign bad_event = checked && wrong_event;
  assign event_order = checked && wrong_order;
  assign forward = checked && !wrong_event && !wrong_order;
  assign left = in_message ? message_left : batch_left;
  assign final_word = last && left == '0;
  assign short_message = forward && s_axis_tlast && !final_word;
  assign missing_last = forward && !s_axis_tlast && final_word;
  assign long_message = taken && overdue && !discard;
  assign start = forward && first;
  assign start_last = left == '0;

  always_ff @(posedge clk) begin
    if (!rst_n || (forward && last)) cutting <= 1'b0;
    else if (answered && !first) cutting <= 1'b1;
  end

  always_ff @(posedge clk) begin
    batch_left <= batch - 32'd1;
    if (forward) message_left <= last ? left - 32'd1 : left;
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      in_message <= 1'b0;
      draining <= 1'b0;
      overdue <= 1'b0;
    end else begin
      if (forward) in_message <= !final_word;
      if (bad_event || event_order || short_message || missing_last) begin
        draining <= 1'b1;
        in_message <= 1'b0;
      end
      if (missing_last) overdue <= 1'b1;
    end
  end

  generate
    if (INPUT_KIND == 0) begin : g_frames
      assign wrong_event = 1'b0;
      assign wrong_order = 1'b0;
      assign passed = forward;
      assign data = cutting ? '0 : s_axis_tdata;
      asn_check_frame #(.WORDS(INPUT_WORDS)) u_check (
        .clk(clk), .rst_n(rst_n), .taken(forward), .first(first), .last(last)
      );
    end else begin : g_events
      assign passed = forward && (!cutting || s_axis_tdata[31]);
      assign data = s_axis_tdata;
      asn_check_events #(
        .SIZE(INPUT_SIZE), .ADDRESS_BITS(ADDRESS_BITS), .COUNT_BITS(COUNT_BITS), .TIME_STEPS(TIME_STEPS)
      ) u_check (
        .clk(clk), .rst_n(rst_n), .taken(forward), .data(s_axis_tdata[31:0]), .first(first), .last(last),
        .bad_event(wrong_event), .bad_order(wrong_order)
      );
    end
  endgenerate

  asn_register_slice #(.WIDTH(WORD_BITS + 1)) u_slice (
    .clk(clk), .rst_n(rst_n),
    .in_valid(passed), .in_ready(slice_ready), .in_data({last, data}),
    .out_valid(core_tvalid), .out_ready(core_tready), .out_data({core_tlast, core_tdata})
  );
endmodule
