// Run-length coder with a flush at the end of a line, and its decoder; they undo each other.
#include <ap_int.h>
#include <hls_stream.h>

struct run_t {
  ap_uint<4> value;
  ap_uint<6> length;
  bool end;
};

static void encode(hls::stream<ap_uint<4> >& in, hls::stream<run_t>& runs) {
  run_t run = {0, 0, false};
  for (int i = 0; i < 16; i++) {
#pragma HLS PIPELINE II=1
    const ap_uint<4> v = in.read();
    if (run.length != 0 && v != run.value) {
      runs.write(run);
      run.length = 0;
    }
    run.value = v;
    run.length++;
  }
  run.end = true;
  runs.write(run);
}

static void decode(hls::stream<run_t>& runs, hls::stream<ap_uint<5> >& out) {
  bool end = false;
  while (!end) {
    const run_t run = runs.read();
    end = run.end;
    for (ap_uint<6> n = 0; n < run.length; n++) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=16
      out.write((ap_uint<1>(end && n + 1 == run.length), run.value));
    }
  }
}

void rle(hls::stream<ap_uint<4> >& in, hls::stream<ap_uint<5> >& out) {
#pragma HLS DATAFLOW
  hls::stream<run_t, 16> runs;
  encode(in, runs);
  decode(runs, out);
}
