// load_map: a map from outside, counts side by side in the words of an AXI4-Stream without gaps, in the order
// of the raster stream (y, x, group, time step, lane), lanes beyond the channels left out. The last word is
// filled up with anything.
//
// Config S: output (config M of raster.h), channels, axis_bits (of a word: 32, 64 or 128), packed_bits (of a
//           count in it: 1, 2, 4 or 8, not fewer than those of count_t; where there are more, the upper ones
//           are ignored).
#ifndef ASN_MAPS_LOAD_MAP_H
#define ASN_MAPS_LOAD_MAP_H

#include "../axis.h"
#include "../lanes.h"
#include "raster.h"

namespace asn {

// The low bits of each count, lane by lane; lanes from `lanes` on are 0.
template <class S>
HLS_INLINE typename S::output::word_t counts_of(const ap_uint<S::output::lanes * S::packed_bits>& packed,
                                                const ap_uint<bits_for(S::output::lanes + 1)>& lanes) {
  typename S::output::word_t counts = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < S::output::lanes; lane++) {
    HLS_UNROLL_INSIDE
    const typename S::output::count_t count = get_lane<ap_uint<S::packed_bits> >(packed, lane);
    put_lane(counts, lane, lane < lanes ? count : typename S::output::count_t(0));
  }
  return counts;
}

// STREAM: of AxisWord.
template <class S, class STREAM>
HLS_INLINE void load_map(STREAM& axis, typename S::output::stream_t& words) {
  typedef typename S::output M;
  const int arriving = S::axis_bits / S::packed_bits;  // counts in a word of the stream
  const int room = arriving + M::lanes - 1;
  const int last_lanes = S::channels - (M::groups - 1) * M::lanes;
  typedef ap_uint<bits_for(room + 1)> counter_t;
  ap_uint<room * S::packed_bits> held = 0;  // counts that have arrived and not left; zeros above them
  counter_t count = 0;                      // of them
  ap_uint<bits_for(M::height * M::width)> pixel = 0;
  ap_uint<bits_for(M::groups)> group = 0;
  ap_uint<bits_for(M::time_steps)> step = 0;
  while (true) {
    HLS_PIPELINE(1)
    const bool is_last_group = group == M::groups - 1;
    const ap_uint<bits_for(M::lanes + 1)> lanes = is_last_group ? last_lanes : int(M::lanes);
    if (count < lanes) {
      held |= ap_uint<room * S::packed_bits>(axis_data(axis.read())) << (int(count) * S::packed_bits);
      count = count + arriving;
    }
    const bool sends = M::lanes <= arriving || count >= lanes;
    if (sends) {
      words.write(counts_of<S>(held, lanes));
      held >>= int(lanes) * S::packed_bits;
      count = count - lanes;
    }
    const bool group_ends = sends && step == M::time_steps - 1;
    if (sends) step = group_ends ? 0 : int(step) + 1;
    if (group_ends && is_last_group && pixel == M::height * M::width - 1) break;
    if (group_ends) group = is_last_group ? 0 : int(group) + 1;
    if (group_ends && is_last_group) pixel = pixel + 1;
  }
}

}  // namespace asn
#endif
