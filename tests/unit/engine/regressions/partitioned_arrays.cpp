// Arrays as registers: one with more accesses an iteration than ports, one that asks for it, a small table.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& out) {
  static ap_uint<16> a[4] = {1, 2, 3};
  static const unsigned char table[4] = {9, 8, 7, 250};
  for (int i = 0; i < 6; i++) {
    HLS_PIPELINE(1)
    const ap_uint<16> w = in.read();
    const ap_uint<2> x = w, y = w >> 2, z = w >> 4;
    if (w[9]) a[x] = a[y] + table[x];
    if (w[10]) a[z] += w ^ table[y];
    out.write(a[x] + a[y] + a[z]);
  }
  a[1] = a[2];
}

HLS_PROCESS void p_b(hls::stream<ap_uint<16> >& out, hls::stream<ap_uint<16> >& sums) {
  ap_uint<16> block[40];
  HLS_PARTITION(block)
  for (int i = 0; i < 40; i++) {
    HLS_PIPELINE(1)
    block[i] = out.read();
  }
  ap_uint<16> sum = 0;
  for (int i = 0; i < 20; i++) {
    HLS_PIPELINE(1)
    sum += block[i] ^ block[39 - i];
    sums.write(sum);
  }
}
