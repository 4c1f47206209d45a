// Histogram with a register for the last bin, as in Xilinx's examples: equal neighbours do not meet in memory.
#include <ap_int.h>
#include <hls_stream.h>

void histogram(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out) {
  ap_uint<16> hist[32];
  for (int i = 0; i < 32; i++) hist[i] = 0;
#pragma HLS DEPENDENCE variable=hist type=intra direction=RAW dependent=false
  ap_uint<5> old = in.read();
  ap_uint<16> acc = 1;
  for (int i = 1; i < 40; i++) {
#pragma HLS PIPELINE II=1
    const ap_uint<5> val = in.read();
    if (old == val) {
      acc = acc + 1;
    } else {
      hist[old] = acc;
      acc = hist[val] + 1;
    }
    old = val;
  }
  hist[old] = acc;
  for (int i = 0; i < 32; i++) {
    out.write(hist[i]);
  }
}
