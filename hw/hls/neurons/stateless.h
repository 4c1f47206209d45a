// Neurons without a membrane: thresholds on the sum of one time step.
//
// Config C: see sums.h; also counts_word_t, is_recurrent, neuron (config N of thresholds.h).
#ifndef ASN_NEURONS_STATELESS_H
#define ASN_NEURONS_STATELESS_H

#include "../sums.h"
#include "thresholds.h"

#include <hls_stream.h>

namespace asn {

template <class C>
struct Stateless {
  typedef typename C::neuron N;

  template <class CURRENTS>
  static HLS_INLINE void fire(const typename C::acc_word_t acc[C::groups], bool empty,
                              const typename C::acc_word_t held[C::groups], bool held_empty, bool first_step,
                              hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                              typename C::counts_word_t last[C::fire_groups]) {
    FireTurn<C> turn;
    for (int index = 0; index < C::fire_groups; index++) {
      HLS_PIPELINE(1)
      const ap_uint<C::fire_lanes * C::acc_t::width> sums = turn.sums(acc, empty, held, held_empty);
      const Thresholds<N, C::fire_lanes> thresholds(index);
      typename C::counts_word_t packed = 0;
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < C::fire_lanes; lane++) {
        HLS_UNROLL_INSIDE
        const typename C::acc_t u = get_lane<typename C::acc_t>(sums, lane);
        put_lane(packed, lane, thresholds.count_of(u, lane));
      }
      counts.write(packed);
      if (turn.part == 0 && (!C::all_frames || first_step)) {
        currents.write(turn.group_sums(acc, empty, held, held_empty));
      }
      if (C::is_recurrent) last[index] = packed;
      turn.next();
    }
  }
};

}  // namespace asn
#endif
