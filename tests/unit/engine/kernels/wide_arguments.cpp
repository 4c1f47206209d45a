// Arguments of ap_int types, of a process that begins anew every cycle.
#include <ap_int.h>
#include <hls_stream.h>

void wide_arguments(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<40> >& out, ap_uint<12> k, ap_int<5> s,
                    ap_uint<70> wide, unsigned u) {
#pragma HLS PIPELINE II=1
  const ap_uint<16> x = in.read();
  out.write(ap_uint<40>(x * k + s + (wide << 3)) + u);
}
