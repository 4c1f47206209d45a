#include "pairs.h"

// Five sums of weight * count: two pairs, each in one DSP slice, and one alone. The sums of each six words are sent as
// numbers while the next word is added; those of the last six are not.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<90> >& out00) {
  ap_uint<90> sums;
  ap_uint<3> turn = 0;
  ap_uint<5> words = 0;
  while (true) {
    HLS_PIPELINE(1)
    const ap_uint<32> word = in00.read();
    const ap_uint<8> count = word;
    const ap_uint<24> weights = word >> 8;
    const bool first = turn == 0;
    ap_uint<90> next = 0;
    HLS_UNROLL_BEFORE
    for (int pair = 0; pair < 2; pair++) {
      HLS_UNROLL_INSIDE
      const ap_int<4> lower = asn::get_lane<ap_int<4> >(weights, 2 * pair);
      const ap_int<4> upper = asn::get_lane<ap_int<4> >(weights, 2 * pair + 1);
      const ap_int<31> product = asn::pair_of<18>(lower, upper) * count;
      HLS_PRODUCT_DSP(product)
      const ap_int<36> before = asn::get_lane<ap_int<36> >(sums, pair);
      const ap_int<36> sum = (first ? ap_int<36>(0) : before) + product;
      asn::put_lane(next, pair, sum);
    }
    const ap_int<12> alone = asn::get_lane<ap_int<4> >(weights, 4) * count;
    HLS_PRODUCT_DSP(alone)
    const ap_int<18> before = asn::get_lane<ap_int<18> >(sums, 4);
    const ap_int<18> sum = (first ? ap_int<18>(0) : before) + alone;
    asn::put_lane(next, 4, sum);
    if (first && words != 0) {
      out00.write(asn::with_borrows<ap_int<18>, 5>(sums, asn::borrows_of<ap_int<18>, 5>(sums)));
    }
    sums = next;
    turn = turn == 5 ? 0 : int(turn) + 1;
    words = words + 1;
    if (words == 24) break;
  }
}
