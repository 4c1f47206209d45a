// factors: the words of a map as what their counts stand for, in parts of fewer lanes. Counts that stand for base +
// count become that number; lanes without a channel hold 0. Parts come one a cycle, in the order of a raster stream
// of so many lanes: a word's first part for all time steps, then its second one.
//
// Config F: input, output (configs M of raster.h of one map; lanes of the output divide those of the input, and its
//           counts hold the factors), base, channels.
#ifndef ASN_MAPS_FACTORS_H
#define ASN_MAPS_FACTORS_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

// The low lanes of a word, plus base; `is_last`: of the last group of the output.
template <class F>
HLS_INLINE typename F::output::word_t factors_of(const typename F::input::word_t& word, bool is_last) {
  typedef typename F::output O;
  const int last_lanes = F::channels - (O::groups - 1) * O::lanes;
  typename O::word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < O::lanes; lane++) {
    HLS_UNROLL_INSIDE
    const bool has_channel = lane < last_lanes || !is_last;
    const typename O::count_t factor = get_lane<typename F::input::count_t>(word, lane) + F::base;
    put_lane(result, lane, F::base == 0 || has_channel ? factor : typename O::count_t(0));
  }
  return result;
}

template <class F>
HLS_INLINE void factors(typename F::input::stream_t& words, typename F::output::stream_t& parts) {
  typedef typename F::input M;
  typedef typename F::output O;
  const int count = M::lanes / O::lanes;  // parts of a word
  static typename M::word_t held[M::time_steps];  // what is not sent yet of a group's words
  ap_uint<bits_for(count)> part = 0;
  ap_uint<bits_for(O::groups)> group = 0;  // of the output
  ap_uint<bits_for(M::time_steps)> step = 0;
  for (int index = 0; index < M::height * M::width * O::groups * M::time_steps; index++) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(held, M::time_steps)
    const int place = M::time_steps == 1 ? 0 : int(step);
    typename M::word_t word = count == 1 ? typename M::word_t(0) : held[place];
    if (part == 0) word = words.read();
    if (count > 1) held[place] = word >> (O::lanes * M::count_t::width);
    const bool is_last = group == O::groups - 1;
    parts.write(factors_of<F>(word, is_last));

    const bool steps_end = step == M::time_steps - 1;
    step = steps_end ? 0 : int(step) + 1;
    if (steps_end) part = is_last || part == count - 1 ? 0 : int(part) + 1;
    if (steps_end) group = is_last ? 0 : int(group) + 1;
  }
}

}  // namespace asn
#endif
