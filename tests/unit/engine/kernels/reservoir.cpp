// Echo with a delay line in block RAM, low-pass in ap_fixed, mix by ap_ufixed; a counter that wraps.
#include <ap_fixed.h>
#include <ap_int.h>
#include <hls_stream.h>

typedef ap_fixed<16, 1> audio_t;

void reservoir(hls::stream<ap_int<16> >& in, hls::stream<ap_int<16> >& out) {
#pragma HLS PIPELINE II=1
  static audio_t line[20];
#pragma HLS DEPENDENCE variable=line inter RAW distance=20 true
  static ap_uint<5> at = 0;
  static ap_fixed<18, 2, AP_RND> low = 0;
  audio_t x;
  x.range() = in.read();
  const audio_t delayed = line[at];
  low += (delayed - low) >> 2;
  const ap_fixed<16, 1, AP_RND_ZERO, AP_SAT> mixed = x + low * ap_ufixed<8, 0>(0.6);
  line[at] = mixed;
  at = at == 19 ? ap_uint<5>(0) : ap_uint<5>(at + 1);
  ap_int<16> bits = mixed.range(15, 0);
  out.write(bits);
}
