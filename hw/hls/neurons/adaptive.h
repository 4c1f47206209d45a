// Adaptive spiking neurons: AdSNN's nine steps in their order, each neuron once in a time step.
// docs/spec/kinds/adaptive.md has the equations; what differs between neurons are constants of their config.
//
//   X = (sum << F) + input
//   I = dB I + X;  S_dyn = I + dP (S_dyn - I);  S = bias + S_dyn          direct: S = bias + X
//   S_hat = dE S_hat;  fires if 2 (S - S_hat) > theta                     theta = rest + theta_dyn
//   where it fires: S_hat += theta, theta_dyn += m_f theta;  theta_dyn = dG theta_dyn
//
// With several precisions a sum holds the number of the precision above its lowest sum_bits bits.
//
// Config C: see sums.h; also counts_word_t, neuron.
// Config N: state_frac_bits, sum_bits, direct, precisions, words (of a time step), current_decay, filter_decay,
//           estimate_decay, threshold_decay (of 2^16), count_t, current_t, filtered_t, signal_t, estimate_t, adaptation_t,
//           threshold_t, rest_t, rests (ROM, a lane each, `words` rows for each precision), gains (ROM of m_f * 2^16, a row
//           for each precision); in PlainAdaptive are the defaults of bias_t, biases (as rests), offset_t and offsets.
#ifndef ASN_NEURONS_ADAPTIVE_H
#define ASN_NEURONS_ADAPTIVE_H

#include "../sums.h"
#include "membrane.h"

namespace asn {

// What some neurons do not have: a config is derived from it and says only what it has.
struct PlainAdaptive {
  typedef ap_uint<1> bias_t;
  typedef ap_uint<1> offset_t;
  typedef NoRom biases;
  typedef NoRom offsets;
};

static const int ADAPTIVE_SHIFT = 16;  // of decays and of m_f

// value * number / 2^16, half up
template <class VALUE>
HLS_INLINE VALUE decayed(const VALUE& value, const ap_uint<ADAPTIVE_SHIFT + 2>& number) {
  return leaked<ADAPTIVE_SHIFT, VALUE>(value, number);
}

// Two packed words of LANES lanes, one above the other: what neurons keep from one time step to the next.
template <class LOWER, class UPPER, int LANES>
struct Kept {
  static const int lower_bits = LANES * LOWER::width;
  typedef ap_uint<LANES * (LOWER::width + UPPER::width)> word_t;
  ap_uint<LANES * LOWER::width> lower;
  ap_uint<LANES * UPPER::width> upper;

  HLS_INLINE explicit Kept(const word_t& word) : lower(word), upper(word >> lower_bits) {}
  HLS_INLINE word_t word() const { return (word_t(upper) << lower_bits) | word_t(lower); }
};

// One neuron: S from X, and whether it fires at S.
template <class N>
struct AdaptiveNeuron {
  typedef typename N::current_t current_t;
  typedef typename N::filtered_t filtered_t;
  typedef typename N::signal_t signal_t;
  typedef typename N::estimate_t estimate_t;
  typedef typename N::adaptation_t adaptation_t;
  typedef typename N::threshold_t threshold_t;

  // S without its bias; the filters become those of the next time step.
  static HLS_INLINE signal_t filter(const signal_t& drive, current_t& current, filtered_t& filtered) {
    if (N::direct) return drive;
    typedef ap_int<(current_t::width > filtered_t::width ? current_t::width : filtered_t::width) + 1> between_t;
    current = decayed<current_t>(current, N::current_decay) + drive;
    const between_t above = filtered - current;
    filtered = current + decayed<between_t>(above, N::filter_decay);
    return signal_t(filtered);
  }

  // Whether it fires; its estimate and its adaptation become those of the next time step.
  static HLS_INLINE bool fires(const signal_t& signal, const typename N::rest_t& rest, const ap_uint<17>& gain,
                               estimate_t& estimate, adaptation_t& adaptation) {
    typedef ap_int<(signal_t::width > estimate_t::width ? signal_t::width : estimate_t::width) + 2> error_t;
    const estimate_t left = decayed<estimate_t>(estimate, N::estimate_decay);
    const threshold_t theta = adaptation + rest;
    const error_t error = signal - left;
    const bool spikes = (error << 1) > theta;
    const adaptation_t raised = adaptation + decayed<threshold_t>(theta, gain);
    estimate = spikes ? estimate_t(left + theta) : left;
    adaptation = decayed<adaptation_t>(spikes ? raised : adaptation, N::threshold_decay);
    return spikes;
  }
};

// LANES neurons side by side: what they do in one time step. group: number of their word.
template <class N, int LANES>
struct AdaptiveLanes {
  typedef AdaptiveNeuron<N> neuron_t;
  typedef Kept<typename N::estimate_t, typename N::adaptation_t, LANES> kept_t;
  typedef Kept<typename N::current_t, typename N::filtered_t, LANES> filters_t;
  static const bool has_current = !N::direct;
  typedef typename kept_t::word_t states_t;
  typedef typename filters_t::word_t inflow_t;
  typedef ap_uint<LANES * N::count_t::width> counts_t;

  int group;

  HLS_INLINE explicit AdaptiveLanes(const Neurons& neurons) : group(neurons.group) {}

  // The number of the precision, which stands above X in every sum; that of the first lane is there always.
  template <class ACC>
  static HLS_INLINE int precision_of(const ACC& sum) {
    if (N::precisions == 1) return 0;
    const ap_int<N::sum_bits> own = sum;
    const ap_uint<2> number = (sum - own) >> N::sum_bits;
    return number;
  }

  // The counts that they fire with, for these sums; their states and filters become those of the next step.
  template <class ACC>
  HLS_INLINE counts_t fire(const ap_uint<LANES * ACC::width>& sums, bool first_step, states_t& states,
                           inflow_t& inflow) const {
    const int precision = precision_of<ACC>(get_lane<ACC>(sums, 0));
    const int row = N::precisions == 1 ? group : precision * N::words + group;
    const ap_uint<17> gain = rom_word<typename N::gains, 17>(precision);
    const ap_uint<LANES * N::rest_t::width> rests = rom_word<typename N::rests, LANES * N::rest_t::width>(row);
    const ap_uint<LANES * N::bias_t::width> biases = rom_word<typename N::biases, LANES * N::bias_t::width>(row);
    const ap_uint<LANES * N::offset_t::width> offsets =
        rom_word<typename N::offsets, LANES * N::offset_t::width>(group);
    const kept_t before(first_step ? states_t(0) : states);
    const filters_t filtered_before(first_step ? inflow_t(0) : inflow);
    kept_t after(0);
    filters_t filtered_after(0);
    counts_t counts = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      const ap_int<N::sum_bits> sum = get_lane<ACC>(sums, lane);
      typename N::signal_t signal = sum;
      signal = (signal << N::state_frac_bits) + get_lane<typename N::offset_t>(offsets, lane);
      typename N::current_t current = get_lane<typename N::current_t>(filtered_before.lower, lane);
      typename N::filtered_t filtered = get_lane<typename N::filtered_t>(filtered_before.upper, lane);
      signal = neuron_t::filter(signal, current, filtered) + get_lane<typename N::bias_t>(biases, lane);
      typename N::estimate_t estimate = get_lane<typename N::estimate_t>(before.lower, lane);
      typename N::adaptation_t adaptation = get_lane<typename N::adaptation_t>(before.upper, lane);
      const typename N::count_t count =
          neuron_t::fires(signal, get_lane<typename N::rest_t>(rests, lane), gain, estimate, adaptation);
      put_lane(counts, lane, count);
      put_lane(after.lower, lane, estimate);
      put_lane(after.upper, lane, adaptation);
      put_lane(filtered_after.lower, lane, current);
      put_lane(filtered_after.upper, lane, filtered);
    }
    states = after.word();
    inflow = filtered_after.word();
    return counts;
  }
};

template <class C>
struct Adaptive {
  typedef AdaptiveLanes<typename C::neuron, C::fire_lanes> lanes_t;
  static const bool has_state = true;
  static const bool has_current = lanes_t::has_current;
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
