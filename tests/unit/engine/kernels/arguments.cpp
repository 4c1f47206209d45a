// Arguments that are values: plain inputs of the top function, passed on to processes, and constants.
#include <ap_int.h>
#include <hls_stream.h>

static void scale_by(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& middle, int factor, short offset) {
  for (int i = 0; i < factor; i++) {
#pragma HLS PIPELINE II=1
    middle.write(in.read() * factor + offset);
  }
}

static void mark_words(hls::stream<ap_uint<16> >& middle, hls::stream<ap_uint<16> >& out, int factor, bool marked) {
  for (int i = 0; i < factor; i++) {
    const ap_uint<16> x = middle.read();
    out.write(marked ? ap_uint<16>(x ^ 0x8000) : x);
  }
}

void arguments(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& out, int factor, bool marked) {
#pragma HLS INTERFACE mode=ap_none port=factor
#pragma HLS INTERFACE ap_stable port=marked
#pragma HLS DATAFLOW
  hls::stream<ap_uint<16> > middle;
  scale_by(in, middle, factor, -3);
  mark_words(middle, out, factor, marked);
}
