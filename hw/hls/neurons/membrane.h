// Neurons with a membrane: charge, fire, reset and leak, each neuron once in a time step. docs/spec/kinds/graded.md
// has the equations; what differs between neurons are constants of their config.
//
//   I = leak_synapse(I) + (acc << F) + bias        only with a synaptic current, else the sum alone
//   U = H + I
//   count = the highest level whose threshold U reaches;  S = base + count
//   a neuron that waits (refractory): count = 0, H stays;  else
//   (sends_change: what is sent is count minus that of the step before, at first minus 0)
//   (doubles_threshold: R = 1 if V of the step before reached the threshold; U = H + I - R * reset_step, S = count - R)
//   soft reset: U - S * reset_step;  hard: reset_value if S is not 0;  none: U
//   H = leak of that, or the reset of the leaked U (leak_first); never below the floor, if there is one
//
// Config C: see sums.h; also counts_word_t, neuron.
// Config N: as in thresholds.h, and potential_t, state_t, state_frac_bits, bias_t and biases (ROM, a lane each), base,
//           spike_bits (of S, signed), leak_multiplier, leak_shift, reset_t and resets (ROM: steps of a soft reset,
//           values of a hard one); the rest has its defaults in PlainMembrane: leaks instead of leak_multiplier if
//           leak_per_neuron, floors if has_floor, current_... if has_current, refractory (time steps), sends_change,
//           doubles_threshold; beside_t, beside_bits: what is kept beside membranes, the steps that a neuron waits, its
//           last count, or R.
#ifndef ASN_NEURONS_MEMBRANE_H
#define ASN_NEURONS_MEMBRANE_H

#include "../sums.h"
#include "thresholds.h"

namespace asn {

enum Reset { RESET_SOFT, RESET_HARD, RESET_NONE };

// What most neurons do not have: a config is derived from it and says only what it has.
struct PlainMembrane {
  static const int reset = RESET_SOFT;
  static const bool leak_first = false;
  static const bool leak_per_neuron = false;
  static const bool has_floor = false;
  static const bool has_current = false;
  static const int current_multiplier = 0;
  static const int current_shift = 0;
  static const int refractory = 0;
  static const bool sends_change = false;
  static const bool doubles_threshold = false;
  static const int beside_bits = 0;
  typedef ap_uint<1> beside_t;
  typedef ap_uint<1> leak_t;
  typedef ap_uint<1> floor_t;
  typedef ap_uint<1> current_t;
  typedef NoRom leaks;
  typedef NoRom floors;
};

// (v * multiplier + half) >> SHIFT
template <int SHIFT, class VALUE>
HLS_INLINE VALUE leaked(const VALUE& v, const ap_uint<SHIFT + 2>& multiplier) {
  if (SHIFT == 0 && multiplier == 1) return v;
  return VALUE((v * multiplier + ap_uint<SHIFT + 2>((1 << SHIFT) >> 1)) >> SHIFT);
}

// The constants of one group of neurons that are not thresholds: a packed word each.
template <class N, int LANES>
struct MembraneWords {
  ap_uint<LANES * N::bias_t::width> biases;
  ap_uint<LANES * N::reset_t::width> resets;  // steps of a soft reset, values of a hard one
  ap_uint<LANES * N::leak_t::width> leaks;
  ap_uint<LANES * N::floor_t::width> floors;

  HLS_INLINE explicit MembraneWords(const Neurons& neurons) {
    biases = rom_word_of<typename N::biases, LANES * N::bias_t::width>(neurons);
    resets = rom_word_of<typename N::resets, LANES * N::reset_t::width>(neurons);
    leaks = rom_word_of<typename N::leaks, LANES * N::leak_t::width>(neurons);
    floors = rom_word_of<typename N::floors, LANES * N::floor_t::width>(neurons);
  }
};

// What a neuron's membrane becomes once it has fired with `spike` (S) at potential u.
template <class N>
struct Rest {
  typedef typename N::potential_t potential_t;

  static HLS_INLINE potential_t leak(const potential_t& v, const typename N::reset_t& reset,
                                     const typename N::leak_t& multiplier) {
    const ap_uint<N::leak_shift + 2> factor = N::leak_per_neuron
                                                  ? ap_uint<N::leak_shift + 2>(multiplier)
                                                  : ap_uint<N::leak_shift + 2>(N::leak_multiplier);
    if (N::reset != RESET_HARD) return leaked<N::leak_shift>(v, factor);
    const potential_t above = v - reset;  // a hard reset's value is also what the membrane leaks to
    return potential_t(leaked<N::leak_shift>(above, factor) + reset);
  }

  static HLS_INLINE potential_t reset(const potential_t& v, const ap_int<N::spike_bits>& spike,
                                      const typename N::reset_t& reset) {
    if (N::reset == RESET_NONE) return v;
    if (N::reset == RESET_HARD) return spike != 0 ? potential_t(reset) : v;
    return potential_t(v - spike * reset);
  }

  static HLS_INLINE potential_t of(const potential_t& u, const ap_int<N::spike_bits>& spike,
                                   const typename N::reset_t& step, const typename N::leak_t& multiplier,
                                   const typename N::floor_t& floor) {
    potential_t rest = reset(N::leak_first ? leak(u, step, multiplier) : u, spike, step);
    if (N::has_floor && rest < floor) rest = floor;
    return N::leak_first ? rest : leak(rest, step, multiplier);
  }
};

// LANES neurons side by side: what they do in one time step.
template <class N, int LANES>
struct MembraneLanes {
  static const bool has_current = N::has_current;
  static const int state_bits = LANES * N::state_t::width;
  typedef ap_uint<state_bits + LANES * N::beside_bits> states_t;  // membranes, and above them what is kept beside
  typedef typename N::beside_t beside_t;
  typedef ap_uint<LANES * N::current_t::width> inflow_t;
  typedef ap_uint<LANES * N::count_t::width> counts_t;

  Thresholds<N, LANES> thresholds;
  MembraneWords<N, LANES> words;

  HLS_INLINE explicit MembraneLanes(const Neurons& neurons) : thresholds(neurons), words(neurons) {}

  // The counts that they fire with, for these sums; their states and synaptic currents become those of the next step.
  template <class ACC>
  HLS_INLINE counts_t fire(const ap_uint<LANES * ACC::width>& sums, bool first_step, states_t& states,
                           inflow_t& inflow) const {
    counts_t packed = 0;
    states_t next_states = 0;
    inflow_t next_inflow = 0;
    ap_uint<LANES * beside_t::width> besides = 0, next_besides = 0;
    const int above = N::beside_bits > 0 ? state_bits : 0;
    if (N::beside_bits > 0 && !first_step) besides = states >> above;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      const typename N::reset_t reset = get_lane<typename N::reset_t>(words.resets, lane);
      typename N::potential_t u = get_lane<ACC>(sums, lane);
      u = (u << N::state_frac_bits) + get_lane<typename N::bias_t>(words.biases, lane);
      if (N::has_current) {
        if (!first_step) {
          const typename N::current_t before = get_lane<typename N::current_t>(inflow, lane);
          u += leaked<N::current_shift>(before, ap_uint<N::current_shift + 2>(N::current_multiplier));
        }
        put_lane(next_inflow, lane, typename N::current_t(u));
      }
      if (!first_step) u += get_lane<typename N::state_t>(states, lane);
      if (first_step && N::reset == RESET_HARD) u += reset;  // where the membrane starts
      const beside_t beside = get_lane<beside_t>(besides, lane);
      if (N::doubles_threshold && beside != 0) u -= reset;
      typename N::count_t count = thresholds.count_of(u, lane);
      if (N::refractory > 0 && beside != 0) count = 0;
      ap_int<N::spike_bits> spike = count + ap_int<32>(N::base);
      if (N::doubles_threshold) spike -= beside;
      typename N::potential_t rest =
          Rest<N>::of(u, spike, reset, get_lane<typename N::leak_t>(words.leaks, lane),
                      get_lane<typename N::floor_t>(words.floors, lane));
      if (N::refractory > 0) {
        if (beside != 0) rest = get_lane<typename N::state_t>(states, lane);
        const beside_t next = beside != 0 ? beside_t(beside - 1) : beside_t(count != 0 ? N::refractory : 0);
        put_lane(next_besides, lane, next);
      }
      if (N::doubles_threshold)
        put_lane(next_besides, lane, beside_t(thresholds.count_of(Rest<N>::reset(u, spike, reset), lane)));
      if (N::sends_change) {
        put_lane(next_besides, lane, beside_t(count));
        count = typename N::count_t(count - beside);
      }
      put_lane(packed, lane, count);
      put_lane(next_states, lane, typename N::state_t(rest));
    }
    if (N::beside_bits > 0) next_states |= states_t(next_besides) << above;
    states = next_states;
    inflow = next_inflow;
    return packed;
  }
};

template <class C>
struct Membrane {
  typedef typename C::neuron N;
  typedef MembraneLanes<N, C::fire_lanes> lanes_t;
  static const bool has_state = true;
  static const bool has_current = N::has_current;
  typedef typename lanes_t::states_t state_word_t;
  typedef typename lanes_t::inflow_t current_word_t;

  // The counts of the neurons that fire together, word number `word` of a time step, and what they keep for the next.
  static HLS_INLINE typename C::counts_word_t fire(const ap_uint<C::fire_lanes * C::acc_t::width>& sums, int word,
                                                   bool first_step, state_word_t& states, current_word_t& inflow) {
    return lanes_t(word).template fire<typename C::acc_t>(sums, first_step, states, inflow);
  }
};

}  // namespace asn
#endif
