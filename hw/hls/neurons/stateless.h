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
                              typename C::counts_word_t last[C::groups]) {
    for (int turn = 0; turn < C::groups; turn++) {
      HLS_PIPELINE(1)
      const int group = C::groups == 1 ? 0 : turn;  // a constant, if there is but one
      const typename C::acc_word_t sums = empty ? start_of<C>(held, held_empty, group) : acc[group];
      const Thresholds<N, C::lanes> thresholds(group);
      typename C::counts_word_t packed = 0;
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < C::lanes; lane++) {
        HLS_UNROLL_INSIDE
        const typename C::acc_t u = get_lane<typename C::acc_t>(sums, lane);
        put_lane(packed, lane, thresholds.count_of(u, lane));
      }
      counts.write(packed);
      if (!C::all_frames || first_step) currents.write(sums);
      if (C::is_recurrent) last[group] = packed;
    }
  }
};

}  // namespace asn
#endif
