// Judge of a stream of events: the items of a file, { end | address | count } each, and no other one; of EARLY ones, which
// are made of a map that begins with pixels of padding alone, after the last inference those with which each begins. A word holds up to
// PLACES events, { end | address | count | .. }, and hardware may spread events over more words than it must.
module asn_bench_events #(
  parameter int ADDRESS_BITS = 1,
  parameter int COUNT_BITS = 1,
  parameter int PLACES = 1,
  parameter int STEPS = 1,  // ends of an inference
  parameter int EARLY = 0,
  parameter int ITEMS = 1,
  parameter FILE = "events.hex",
  parameter NAME = "events"
) (
  input  logic                                          clk,
  input  logic                                          rst_n,
  input  logic                                          valid,
  input  logic                                          ready,
  input  logic [PLACES*(ADDRESS_BITS+COUNT_BITS):0] data,
  output int                                            taken,
  output logic                                          complete
);
  localparam int ITEM_BITS = 1 + ADDRESS_BITS + COUNT_BITS;

  logic [ITEM_BITS-1:0] items[0:ITEMS-1];
  logic [ITEM_BITS-1:0] item;
  logic ends;
  int next, ended, place;

  initial $readmemh(FILE, items);

  assign ends = data[PLACES*(ITEM_BITS-1)];
  assign complete = taken >= ITEMS;

  always @(posedge clk) begin
    next = taken;
    if (!rst_n) begin
      next = 0;
      ended = 0;
    end else if (valid === 1'bx || (valid && ready === 1'bx)) begin
      $fatal(1, "FAIL: %s: valid or ready is unknown", NAME);
    end else if (valid && ready) begin
      for (place = 0; place < (ends === 1'b1 ? 1 : PLACES); place = place + 1) begin
        item = {ends, data[place*(ITEM_BITS-1)+:ITEM_BITS-1]};
        if (place == 0 || item[COUNT_BITS-1:0] !== '0) begin
          if (next >= ITEMS && (EARLY == 0 || ends)) $fatal(1, "FAIL: %s: an event or end more than %0d", NAME, ITEMS);
          else if (item !== items[next%ITEMS])
            $fatal(1, "FAIL: %s, vector %0d, time step %0d: expected end %b address %0d count %0d, got %b %0d %0d",
                   NAME, ended / STEPS, ended % STEPS,
                   items[next%ITEMS][ITEM_BITS-1], items[next%ITEMS][COUNT_BITS+:ADDRESS_BITS],
                   items[next%ITEMS][COUNT_BITS-1:0],
                   ends, item[COUNT_BITS+:ADDRESS_BITS], item[COUNT_BITS-1:0]);
          next = next + 1;
        end
      end
      if (ends) ended = ended + 1;
    end
    taken <= next;
  end
endmodule
