// 8 to 12 bits and back: a shift register with a fill level, `continue`, ranges with variable bounds.
#include <ap_int.h>
#include <hls_stream.h>

static void widen(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<12> >& wide) {
  ap_uint<20> buffer = 0;
  ap_uint<5> level = 0;
  for (int i = 0; i < 3; i++) {
#pragma HLS PIPELINE II=1
    buffer.range(level + 7, level) = in.read();
    level += 8;
    if (level < 12) continue;
    wide.write(buffer.range(11, 0));
    buffer >>= 12;
    level -= 12;
  }
}

static void narrow(hls::stream<ap_uint<12> >& wide, hls::stream<ap_uint<8> >& out) {
  ap_uint<24> both;
  both(11, 0) = wide.read();
  both(23, 12) = wide.read();
  for (int i = 0; i < 24; i += 8) out.write(both(i + 7, i));
}

void gearbox(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {
#pragma HLS DATAFLOW
  hls::stream<ap_uint<12> > wide;
  widen(in, wide);
  narrow(wide, out);
}
