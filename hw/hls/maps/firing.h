// What the neurons of gather do with complete sums. Membranes live in registers, those of the group of lanes
// that is worked on: time is the innermost loop, so no other one is needed.
//
// Config C: see gather.h.
#ifndef ASN_MAPS_FIRING_H
#define ASN_MAPS_FIRING_H

#include "../neurons/membrane.h"
#include "../neurons/thresholds.h"
#include "accumulators.h"
#include "raster.h"

namespace asn {

// Neurons without a membrane. Config C: neuron (config N of ../neurons/thresholds.h).
template <class C>
struct ThresholdsOnly {
  typedef typename C::neuron N;

  HLS_INLINE typename C::counts_word_t fire(const Accumulators<C>& acc, int group, bool, bool) {
    const Thresholds<N, C::lanes> thresholds(group);
    const typename C::acc_word_t sums = acc.value();
    typename C::counts_word_t packed = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename N::count_t count = thresholds.count_of(get_lane<typename C::acc_t>(sums, lane), lane);
      put_lane(packed, lane, count);
    }
    return packed;
  }
};

// Neurons with a membrane. Config C: neuron (config N of ../neurons/membrane.h), fire_interval: cycles from
// one firing to the next, at least as many as a membrane takes.
template <class C>
struct InRegisters {
  typedef typename C::neuron N;
  typedef MembraneLanes<N, C::lanes> lanes_t;

  typename lanes_t::states_t states[1];
  typename lanes_t::inflow_t inflow[1];

  HLS_INLINE typename C::counts_word_t fire(const Accumulators<C>& acc, int group, bool first_step,
                                            bool fires) {
    HLS_DEPENDENCE_DISTANCE(states, C::fire_interval)
    HLS_DEPENDENCE_DISTANCE(inflow, C::fire_interval)
    typename lanes_t::states_t next_states = states[0];
    typename lanes_t::inflow_t next_inflow = inflow[0];
    const typename C::counts_word_t packed =
        lanes_t(group).template fire<typename C::acc_t>(acc.value(), first_step, next_states, next_inflow);
    if (fires) states[0] = next_states;
    if (fires) inflow[0] = next_inflow;
    return packed;
  }
};

// A layer whose sums are sent as counts, to a pool that stands before the neurons.
template <class C>
struct SumsAsCounts {
  HLS_INLINE typename C::counts_word_t fire(const Accumulators<C>& acc, int, bool, bool) { return acc.value(); }
};

// A layer without neurons, of which only the sums are read.
template <class C>
struct NoNeurons {
  HLS_INLINE ap_uint<1> fire(const Accumulators<C>&, int, bool, bool) { return 0; }
};

}  // namespace asn
#endif
