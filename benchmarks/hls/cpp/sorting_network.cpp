// Sorting network: words of eight 16-bit values, each sorted with Batcher's odd-even merge network (19
// comparators in 6 layers). One word a cycle.
#include "lanes.h"

#include <hls_stream.h>

const int SORT_LANES = 8;
const int SORT_WORDS = 32;  // words a call
const int SORT_LAYERS = 6;
const int sort_runs[SORT_LAYERS] = {1, 2, 2, 4, 4, 4};       // sorted runs that are merged
const int sort_distances[SORT_LAYERS] = {1, 2, 1, 4, 2, 1};  // between the values compared

typedef ap_uint<16> sort_value_t;

HLS_INLINE void sort_pair(sort_value_t& low, sort_value_t& high) {
  const sort_value_t first = low, second = high;
  const bool swap = second < first;
  low = swap ? second : first;
  high = swap ? first : second;
}

HLS_PROCESS void sort_words(hls::stream<ap_uint<128> >& unsorted, hls::stream<ap_uint<128> >& sorted) {
  for (int word = 0; word < SORT_WORDS; word++) {
    HLS_PIPELINE(1)
    const ap_uint<128> packed = unsorted.read();
    sort_value_t value[SORT_LANES];
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < SORT_LANES; lane++) {
      HLS_UNROLL_INSIDE
      value[lane] = asn::get_lane<sort_value_t>(packed, lane);
    }
    HLS_UNROLL_BEFORE
    for (int layer = 0; layer < SORT_LAYERS; layer++) {
      HLS_UNROLL_INSIDE
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < SORT_LANES; lane++) {
        HLS_UNROLL_INSIDE
        const int run = sort_runs[layer], apart = sort_distances[layer], other = lane + apart;
        const bool lower = lane >= apart % run && (lane - apart % run) / apart % 2 == 0;
        if (lower && lane / (2 * run) == other / (2 * run)) sort_pair(value[lane], value[other]);
      }
    }
    ap_uint<128> result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < SORT_LANES; lane++) {
      HLS_UNROLL_INSIDE
      asn::put_lane(result, lane, value[lane]);
    }
    sorted.write(result);
  }
}

void sorting_network(hls::stream<ap_uint<128> >& unsorted, hls::stream<ap_uint<128> >& sorted) {
  HLS_DATAFLOW
  sort_words(unsorted, sorted);
}
