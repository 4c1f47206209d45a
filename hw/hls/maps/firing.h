// What the neurons of gather do with complete sums. Where time is the innermost loop, membranes live in
// registers, those of the group of lanes that is worked on; where maps come time step by time step, those of
// all pixels and groups lie in a memory.
//
// LANES<N, lanes>: what the neurons of a group of lanes do in one time step: ThresholdLanes, MembraneLanes,
// AdaptiveLanes, LookupLanes (../neurons).
//
// Config C: see gather.h.
#ifndef ASN_MAPS_FIRING_H
#define ASN_MAPS_FIRING_H

#include "../neurons/adaptive.h"
#include "../neurons/lookup.h"
#include "../neurons/membrane.h"
#include "../neurons/thresholds.h"
#include "../storage.h"
#include "raster.h"

namespace asn {

// Neurons that keep nothing. Config C: neuron (config N of LANES).
template <class C, template <class, int> class LANES = ThresholdLanes>
struct WithoutState {
  typedef LANES<typename C::neuron, C::lanes> lanes_t;

  HLS_INLINE typename C::counts_word_t fire(const typename C::acc_word_t& sums, const Neurons& which, bool, bool) {
    return lanes_t(which).template fire<typename C::acc_t>(sums);
  }
};

// The synaptic currents of some neurons between firings, if they have some.
template <class WORD, int INTERVAL, bool PRESENT>
struct Inflow {
  WORD word[1];

  HLS_INLINE WORD read() {
    HLS_DEPENDENCE_DISTANCE(word, INTERVAL)
    return word[0];
  }

  HLS_INLINE void write(const WORD& next) {
    HLS_DEPENDENCE_DISTANCE(word, INTERVAL)
    word[0] = next;
  }
};

template <class WORD, int INTERVAL>
struct Inflow<WORD, INTERVAL, false> {
  HLS_INLINE WORD read() { return 0; }
  HLS_INLINE void write(const WORD&) {}
};

// Neurons with a membrane. Config C: neuron (config N of LANES), fire_interval: cycles from one firing to the next,
// at least as many as a membrane takes.
template <class C, template <class, int> class LANES = MembraneLanes>
struct InRegisters {
  typedef LANES<typename C::neuron, C::lanes> lanes_t;

  typename lanes_t::states_t states[1];
  Inflow<typename lanes_t::inflow_t, C::fire_interval, lanes_t::has_current> inflow;

  HLS_INLINE typename C::counts_word_t fire(const typename C::acc_word_t& sums, const Neurons& which,
                                            bool first_step, bool fires) {
    HLS_DEPENDENCE_DISTANCE(states, C::fire_interval)
    typename lanes_t::states_t next_states = states[0];
    typename lanes_t::inflow_t next_inflow = inflow.read();
    const typename C::counts_word_t packed =
        lanes_t(which).template fire<typename C::acc_t>(sums, first_step, next_states, next_inflow);
    if (fires) states[0] = next_states;
    if (fires) inflow.write(next_inflow);
    return packed;
  }
};

// The same for maps that come time step by time step: what calls it runs once for each of `rounds` steps, and a
// membrane is read and written once in each, so no iteration waits for another. Static: they are kept from one
// step to the next, and the first step of an inference needs none. Config C: also rounds. RAM: what
// holds the membranes (../storage.h).
template <class C, template <class, int> class LANES = MembraneLanes, class RAM = AnyRam>
struct InMemory {
  typedef LANES<typename C::neuron, C::lanes> lanes_t;
  typedef typename lanes_t::states_t states_t;
  typedef typename lanes_t::inflow_t inflow_t;
  static const int turns = C::out_height * C::out_width * C::groups;
  static const int kept = lanes_t::has_current ? turns : 1;  // currents of synapses, where there are some

  HLS_INLINE typename C::counts_word_t fire(const typename C::acc_word_t& sums, const Neurons& which, bool,
                                            bool fires) {
    static states_t states[turns];
    static inflow_t inflow[kept];
    RAM::hold(states);
    static ap_uint<bits_for(turns)> turn = 0;
    static ap_uint<bits_for(C::rounds)> round = 0;
    HLS_INDEPENDENT(states)
    HLS_INDEPENDENT(inflow)
    states_t next_states = states[turn];
    inflow_t next_inflow = lanes_t::has_current ? inflow[turn] : inflow_t(0);
    const typename C::counts_word_t packed =
        lanes_t(which).template fire<typename C::acc_t>(sums, round == 0, next_states, next_inflow);
    if (fires) states[turn] = next_states;
    if (fires && lanes_t::has_current) inflow[turn] = next_inflow;
    const bool ends = turn == turns - 1;
    if (fires && ends) round = round == C::rounds - 1 ? 0 : int(round) + 1;
    if (fires) turn = ends ? 0 : int(turn) + 1;
    return packed;
  }
};

// A layer whose sums are sent as counts: to a pool that stands before the neurons, or to fire_steps.
template <class C>
struct SumsAsCounts {
  HLS_INLINE typename C::counts_word_t fire(const typename C::acc_word_t& sums, const Neurons&, bool, bool) {
    return sums;
  }
};

// A layer without neurons, of which only the sums are read.
template <class C>
struct NoNeurons {
  HLS_INLINE ap_uint<1> fire(const typename C::acc_word_t&, const Neurons&, bool, bool) { return 0; }
};

}  // namespace asn
#endif
