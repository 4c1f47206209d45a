// Neurons without a membrane: thresholds on the sum of one time step.
//
// Config C: see sums.h; also counts_word_t, neuron (config N of thresholds.h).
#ifndef ASN_NEURONS_STATELESS_H
#define ASN_NEURONS_STATELESS_H

#include "../sums.h"
#include "thresholds.h"

namespace asn {

template <class C>
struct Stateless {
  typedef typename C::neuron N;
  static const bool has_state = false;
  static const bool has_current = false;
  typedef ap_uint<1> state_word_t;  // of nothing
  typedef ap_uint<1> current_word_t;

  // The counts of the neurons that fire together, word number `word` of a time step.
  static HLS_INLINE typename C::counts_word_t fire(const ap_uint<C::fire_lanes * C::acc_t::width>& sums, int word,
                                                   bool, state_word_t&, current_word_t&) {
    return ThresholdLanes<N, C::fire_lanes>(word).template fire<typename C::acc_t>(sums);
  }
};

}  // namespace asn
#endif
