// Running sums (modulo 2^16) of 256 values, eight to a word: one word a cycle. Sums inside a word do not wait for
// the word before; only the carry does.
#include "lanes.h"

#include <hls_stream.h>

const int PREFIX_LANES = 8;
const int PREFIX_WORDS = 32;

HLS_PROCESS void prefix_sum_words(hls::stream<ap_uint<128> >& values, hls::stream<ap_uint<128> >& sums) {
  typedef ap_uint<16> value_t;
  value_t carry = 0;
  for (int word = 0; word < PREFIX_WORDS; word++) {
    HLS_PIPELINE(1)
    const ap_uint<128> packed = values.read();
    ap_uint<128> result = 0;
    value_t inside = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < PREFIX_LANES; lane++) {
      HLS_UNROLL_INSIDE
      inside += asn::get_lane<value_t>(packed, lane);
      asn::put_lane(result, lane, value_t(carry + inside));
    }
    carry += inside;
    sums.write(result);
  }
}

void prefix_sum(hls::stream<ap_uint<128> >& values, hls::stream<ap_uint<128> >& sums) {
  HLS_DATAFLOW
  prefix_sum_words(values, sums);
}
