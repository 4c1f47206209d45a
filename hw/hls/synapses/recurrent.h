// Dense synapses from a population onto itself: what its neurons sent in the time step before, kept as packed words
// of counts, adds to the sums of this one. No stream forms a loop. A word without spikes costs one cycle, a spike
// one cycle for each group.
//
// Config C: see sums.h; also count_t, counts_word_t, fire_lanes, fire_groups, fire_count_t (0..fire_groups), output_event.
// Config P: shift, products_in_dsp, weight_t, row_index_t, weights as in dense.h; here address is that of the population's own neuron.
#ifndef ASN_SYNAPSES_RECURRENT_H
#define ASN_SYNAPSES_RECURRENT_H

#include "../scanner.h"
#include "dense.h"

namespace asn {

template <class C, class P>
struct Recurrent {
  typedef typename C::output_event event_t;

  static HLS_INLINE void integrate(const typename C::counts_word_t last[C::fire_groups],
                                   typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    Scanner<C::fire_lanes, C::count_t::width, event_t::address_bits> scanner;
    scanner.pending = 0;
    typename C::fire_count_t words_read = 0;
    typename C::group_index_t group = 0;
    typename event_t::bits_t count = 0;
    typename P::row_index_t row = 0;
    bool spikes = false;
    while (true) {
      HLS_PIPELINE(1)
      HLS_DEPENDENCE_DISTANCE(acc, C::groups)
      if (group == 0) {
        if (scanner.pending == 0) {
          if (words_read == C::fire_groups) break;
          scanner.load(last[int(words_read)]);
          words_read = words_read + 1;
        }
        spikes = scanner.pending != 0;
        typename event_t::address_t lane;
        scanner.take(lane, count);
        row = (ap_uint<32>(words_read - 1) * C::fire_lanes + lane) * ap_uint<32>(C::groups);
      }
      if (spikes) {
        const ap_uint<C::lanes * P::weight_t::width> weights =
            rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
        const typename C::acc_word_t start = start_of<C>(held, held_empty, group);
        acc[group] = accumulate<C, P>(acc[group], empty, start, weights, event_t::count_of(count));
        if (group == C::groups - 1) empty = false;
      }
      group = !spikes || group == C::groups - 1 ? 0 : int(group) + 1;
      row = row + 1;
    }
  }
};

// In place of it: the population does not read itself.
struct NotRecurrent {};

}  // namespace asn
#endif
