// The K thresholds of each neuron: the highest level whose threshold the potential reaches gives the count.
//
// Config N: levels, threshold_t, count_t, level_value(k) for k = 0..levels, thresholds (ROM of `levels` words for each
//           group, or ByPixel, lowest level first, each lanes * threshold_t::width bits).
#ifndef ASN_NEURONS_THRESHOLDS_H
#define ASN_NEURONS_THRESHOLDS_H

#include "../lanes.h"

namespace asn {

// All thresholds of one group of neurons: a packed word for each level.
template <class N, int LANES>
struct Thresholds {
  static const int word_bits = LANES * N::threshold_t::width;
  ap_uint<word_bits> of_level[N::levels];

  HLS_INLINE explicit Thresholds(const Neurons& neurons) {
    HLS_UNROLL_BEFORE
    for (int level = 0; level < N::levels; level++) {
      HLS_UNROLL_INSIDE
      of_level[level] = rom_word_of<typename N::thresholds, word_bits>(neurons, level);
    }
  }

  // The count that membrane potential u of one lane fires with.
  template <class POTENTIAL>
  HLS_INLINE typename N::count_t count_of(const POTENTIAL& u, int lane) const {
    typename N::count_t count = N::level_value(0);
    HLS_UNROLL_BEFORE
    for (int level = 0; level < N::levels; level++) {
      HLS_UNROLL_INSIDE
      if (u >= get_lane<typename N::threshold_t>(of_level[level], lane)) count = N::level_value(level + 1);
    }
    return count;
  }
};

// LANES neurons side by side that keep nothing: what they do in one time step.
template <class N, int LANES>
struct ThresholdLanes {
  typedef ap_uint<LANES * N::count_t::width> counts_t;

  Thresholds<N, LANES> thresholds;

  HLS_INLINE explicit ThresholdLanes(const Neurons& neurons) : thresholds(neurons) {}

  // The counts that they fire with, for these sums.
  template <class ACC>
  HLS_INLINE counts_t fire(const ap_uint<LANES * ACC::width>& sums) const {
    counts_t packed = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      put_lane(packed, lane, thresholds.count_of(get_lane<ACC>(sums, lane), lane));
    }
    return packed;
  }
};

}  // namespace asn
#endif
