// A population of several time steps as two processes, for one projection of events and no feedback: integrate_steps
// adds up the events of step t + 1 while fire_steps lets the neurons of step t fire. The sums of a step wait between
// them, a word for each group, which says whether anything was added at all.
//
// One loop reads the events of all time steps; the end of a step hands over the groups, one a cycle.
//
// Config C: as in population.h, and sums_word_t: { empty : 1 | sums of a group }, step_index_t (0..time_steps-1).
// Config P: as in synapses/dense.h.
#ifndef ASN_POPULATION_STEPS_H
#define ASN_POPULATION_STEPS_H

#include "outputs.h"
#include "synapses/dense.h"

#include <hls_stream.h>

namespace asn {

template <class C, class P>
HLS_INLINE void integrate_steps(hls::stream<typename C::sums_word_t>& sums,
                                hls::stream<typename P::input_event::word_t>& events) {
  typedef typename P::input_event event_t;
  typename C::acc_word_t acc[C::groups];
  event_t event;
  typename C::group_index_t group = 0;
  typename P::row_index_t row;
  typename C::step_index_t step = 0;
  bool empty = true;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(acc, C::groups)
    if (group == 0) {
      event = event_t::unpack(events.read());
      row = event.address * ap_uint<32>(C::groups);
    }
    const typename C::acc_word_t own = acc[group];
    const bool last = group == C::groups - 1;
    if (event.end) {
      sums.write((typename C::sums_word_t(empty) << C::acc_word_t::width) | typename C::sums_word_t(own));
      if (last && step == C::time_steps - 1) break;
      if (last) step = step + 1;
    } else {
      const ap_uint<C::lanes * P::weight_t::width> weights =
          rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
      acc[group] = accumulate<C, P>(own, empty, 0, weights, event.count);
    }
    if (last) empty = event.end;
    group = last ? 0 : int(group) + 1;
    row = row + 1;
  }
}

// CURRENTS: the stream of the sums for readers of currents, or Nothing.
template <class C, class CURRENTS>
HLS_INLINE void fire_steps_with_currents(hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                                         hls::stream<typename C::sums_word_t>& sums) {
  typedef typename C::neurons N;
  typedef ap_uint<C::fire_lanes * C::acc_t::width> part_word_t;
  static typename N::state_word_t states[C::fire_groups];
  static typename N::current_word_t inflow[C::fire_groups];
  typename C::sums_word_t kept;  // of the group whose parts fire; the first one fires as it arrives
  FireTurn<C> turn(true);
  for (int count = 0; count < C::time_steps * C::fire_groups; count++) {
    HLS_PIPELINE(1)
    if (N::has_state) {
      HLS_DEPENDENCE_DISTANCE(states, C::fire_groups)
    }
    if (N::has_current) {
      HLS_DEPENDENCE_DISTANCE(inflow, C::fire_groups)
    }
    const int word = turn.index();
    const bool arrives = turn.part == 0;
    typename C::sums_word_t arrived = 0;
    if (arrives) arrived = sums.read();
    const bool empty = (arrives ? arrived : kept)[C::acc_word_t::width] == 1;
    const part_word_t present = arrives ? first_part_of<C>(arrived) : part_of<C>(kept, turn.part);
    typename N::state_word_t state = N::has_state ? states[word] : typename N::state_word_t(0);
    typename N::current_word_t current = N::has_current ? inflow[word] : typename N::current_word_t(0);
    const typename C::counts_word_t packed =
        N::fire(empty ? part_word_t(0) : present, word, turn.first_step, state, current);
    if (N::has_state) states[word] = state;
    if (N::has_current) inflow[word] = current;
    counts.write(packed);
    if (arrives) {
      kept = arrived;
      currents.write(empty ? typename C::acc_word_t(0) : numbers_of<C>(arrived));
    }
    turn.next();
  }
}

template <class C>
HLS_INLINE void fire_steps(hls::stream<typename C::counts_word_t>& counts,
                           hls::stream<typename C::sums_word_t>& sums) {
  Nothing nothing;
  fire_steps_with_currents<C, Nothing>(counts, nothing, sums);
}

}  // namespace asn
#endif
