// A resonator and a gain in ap_fixed: literals, rounding and saturation, a table, structs of numbers as payload.
#include <ap_fixed.h>
#include <ap_int.h>
#include <hls_stream.h>

typedef ap_fixed<16, 2, AP_RND, AP_SAT> sample_t;
typedef ap_fixed<24, 4> state_t;
struct pair_t {
  sample_t dry;
  ap_ufixed<9, 1, AP_RND_CONV> gain;
};

static const ap_ufixed<9, 1> GAINS[4] = {0.25, 0.5, 1, 1.75};

static void resonate(hls::stream<ap_int<16> >& in, hls::stream<pair_t>& pairs) {
#pragma HLS PIPELINE II=1
  static state_t y1 = 0, y2 = 0;
  const ap_int<16> word = in.read();
  sample_t x;
  x.range(15, 0) = word;
  const state_t y = x * sample_t(0.125) + y1 * ap_fixed<12, 2>(1.8125) - y2 * ap_fixed<12, 2>(0.875);
  y2 = y1;
  y1 = y;
  pair_t pair;
  pair.dry = y;
  pair.gain = GAINS[ap_uint<2>(word)];
  pairs.write(pair);
}

static void scale(hls::stream<pair_t>& pairs, hls::stream<ap_int<20> >& out) {
#pragma HLS PIPELINE II=1
  const pair_t pair = pairs.read();
  const ap_fixed<12, 3, AP_TRN_ZERO, AP_SAT_SYM> wet = pair.dry * pair.gain;
  ap_fixed<20, 6, AP_RND_INF, AP_SAT_ZERO> result =
      wet < 0 ? ap_fixed<20, 6>(-wet / 3) : ap_fixed<20, 6>(wet * 7 + ap_fixed<8, 1>(0.3));
  if (wet > 1.5) result++;
  out.write(result.range(19, 0) ^ ap_int<20>(wet.to_int() << 14));
}

void fixed_filter(hls::stream<ap_int<16> >& in, hls::stream<ap_int<20> >& out) {
#pragma HLS DATAFLOW
  hls::stream<pair_t> pairs;
  resonate(in, pairs);
  scale(pairs, out);
}
