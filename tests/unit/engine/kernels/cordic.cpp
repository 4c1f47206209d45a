// CORDIC, rotation mode: unrolled iterations with a table of arcs, ternaries and shifts.
#include <ap_int.h>
#include <hls_stream.h>

void cordic(hls::stream<ap_int<14> >& in, hls::stream<ap_int<32> >& out) {
#pragma HLS PIPELINE II=1
  static const short arcs[10] = {2048, 1209, 639, 324, 163, 81, 41, 20, 10, 5};
  ap_int<16> x = 9949, y = 0, z = in.read();
  for (int i = 0; i < 10; i++) {
    const bool negative = z < 0;
    const ap_int<16> nx = negative ? x + (y >> i) : x - (y >> i);
    const ap_int<16> ny = negative ? y - (x >> i) : y + (x >> i);
    z = negative ? z + arcs[i] : z - arcs[i];
    x = nx;
    y = ny;
  }
  ap_uint<32> both;
  both(15, 0) = x;
  both(31, 16) = y;
  out.write(ap_int<32>(both));
}
