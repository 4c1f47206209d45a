// fire: the neurons of a population fire, `fire_lanes` in a cycle: STEPS time steps of the same sums, one loop for all.
//
// What a neuron keeps from step to step is read and written once in a step. In a loop of several steps it comes back
// after `fire_groups` iterations.
//
// Config C: see sums.h; also counts_word_t, all_frames, is_recurrent, neurons (Stateless<C>, Membrane<C>).
#ifndef ASN_FIRE_H
#define ASN_FIRE_H

#include "sums.h"

#include <hls_stream.h>

namespace asn {

// DISTANCE: iterations after which a word of states is read again.
template <class C, int STEPS, class CURRENTS, int DISTANCE = (STEPS > 1 ? C::fire_groups : 1 << 20)>
HLS_INLINE void fire(const typename C::acc_word_t acc[C::groups], bool empty,
                     const typename C::acc_word_t held[C::groups], bool held_empty, bool first_step,
                     hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                     typename C::counts_word_t last[C::fire_groups]) {
  typedef typename C::neurons N;
  static typename N::state_word_t states[C::fire_groups];
  static typename N::current_word_t inflow[C::fire_groups];
  FireTurn<C> turn(first_step);
  for (int count = 0; count < STEPS * C::fire_groups; count++) {
    HLS_PIPELINE(1)
    if (N::has_state) {
      HLS_DEPENDENCE_DISTANCE(states, DISTANCE)
    }
    if (N::has_current) {
      HLS_DEPENDENCE_DISTANCE(inflow, DISTANCE)
    }
    const int word = turn.index();
    const ap_uint<C::fire_lanes * C::acc_t::width> sums = turn.sums(acc, empty, held, held_empty);
    typename N::state_word_t state = N::has_state ? states[word] : typename N::state_word_t(0);
    typename N::current_word_t current = N::has_current ? inflow[word] : typename N::current_word_t(0);
    const typename C::counts_word_t packed = N::fire(sums, word, turn.first_step, state, current);
    if (N::has_state) states[word] = state;
    if (N::has_current) inflow[word] = current;
    counts.write(packed);
    if (turn.part == 0 && (!C::all_frames || turn.first_step)) {
      currents.write(turn.group_sums(acc, empty, held, held_empty));
    }
    if (C::is_recurrent) last[word] = packed;
    turn.next();
  }
}

}  // namespace asn
#endif
