// Dense synapses with a delay each: sum[j, t + D[j, address]] += W[j, address] * count. A process of its own adds up, in
// a ring of sums for each neuron that has a place for each of the next time steps; what it sends are the sums of one
// time step after the other, which the population takes as it takes currents. The last events of an inference may
// leave sums for time steps that never come, so the ring is cleared as an inference begins.
//
// Each lane has a memory of its own, because its synapses may differ in delay. A word comes back after `groups`
// iterations at the earliest.
//
// Config C: see sums.h; also time_steps.
// Config P: shift, is_frame, input_event (Event<...>), weight_t, slot_bits (2^slot_bits time steps in the ring),
//           weights (ROM of lanes * { delay : slot_bits | weight } a row, row = address * groups + group), row_index_t
//           (0..inputs*groups-1), ring_index_t (0..groups*2^slot_bits-1), current_t (a sum of these synapses alone).
#ifndef ASN_SYNAPSES_DELAYED_H
#define ASN_SYNAPSES_DELAYED_H

#include "../event.h"
#include "current.h"

#include <hls_stream.h>

namespace asn {

template <class C, class P>
struct DelayedDense : Current<C, P> {
  typedef typename P::input_event event_t;
  typedef typename P::current_t sum_t;
  typedef typename P::weight_t weight_t;
  typedef ap_uint<P::slot_bits> slot_t;
  typedef ap_uint<C::lanes * sum_t::width> word_t;
  typedef ap_uint<weight_t::width + P::slot_bits> synapse_t;
  static const int slots = 1 << P::slot_bits;

  static HLS_INLINE void add_up(hls::stream<typename event_t::word_t>& events, hls::stream<word_t>& sums) {
    sum_t ring[C::lanes][C::groups * slots];
    HLS_SEPARATE_SLICES(ring)
    for (int place = 0; place < C::groups * slots; place++) {
      HLS_PIPELINE(1)
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < C::lanes; lane++) {
        HLS_UNROLL_INSIDE
        ring[lane][place] = 0;
      }
    }
    event_t event;
    typename C::group_index_t group = 0;
    typename P::row_index_t row = 0;
    slot_t now = 0;
    ap_uint<11> step = 0;
    while (true) {
      HLS_PIPELINE(1)
      HLS_DEPENDENCE_DISTANCE(ring, C::groups)
      if (group == 0) {
        event = event_t::unpack(events.read());
        row = event.address * ap_uint<32>(C::groups);
      }
      const bool last = group == C::groups - 1;
      const ap_uint<C::lanes * synapse_t::width> synapses =
          rom_word<typename P::weights, C::lanes * synapse_t::width>(row);
      word_t packed = 0;
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < C::lanes; lane++) {
        HLS_UNROLL_INSIDE
        const synapse_t synapse = get_lane<synapse_t>(synapses, lane);
        const weight_t weight = synapse.range(weight_t::width - 1, 0);
        const slot_t delay = synapse.range(synapse_t::width - 1, weight_t::width);
        const slot_t slot = event.end ? now : slot_t(now + delay);
        const typename P::ring_index_t place = (typename P::ring_index_t(group) << P::slot_bits) | slot;
        const sum_t sum = ring[lane][place];
        put_lane(packed, lane, sum);
        const ap_int<weight_t::width + event_t::count_t::width> product = weight * event.count;
        ring[lane][place] = event.end ? sum_t(0) : sum_t(sum + product);
      }
      if (event.end) sums.write(packed);
      if (event.end && last) {
        if (step == C::time_steps - 1) break;
        step = step + 1;
        now = now + 1;
      }
      group = last ? 0 : int(group) + 1;
      row = row + 1;
    }
  }
};

// The process: events to words of sums, `groups` a time step.
template <class D>
HLS_INLINE void add_up_delayed(hls::stream<typename D::event_t::word_t>& events,
                               hls::stream<typename D::word_t>& sums) {
  D::add_up(events, sums);
}

}  // namespace asn
#endif
