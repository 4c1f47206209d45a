// Event-based gated recurrent units, one in a cycle: four sums each, of which the first lane sends.
//
//   v[k] = sum[k] * factor[k] + offset[k]                in units of 2^-address_shift entries of a table
//   z = sigmoid[v0];  r = sigmoid[v1];  g = tanh[v2 + ((r v3) >> gate_bits)]
//   c = (z h + (1 - z) g), rounded half up;  event if c > threshold;  h = c, less the threshold at an event
//   count = c rounded to sent_bits, at an event
//
// Config C: see sums.h; also counts_word_t, neuron; fire_lanes is 4, the sums of one unit.
// Config N: address_shift, address_t (signed), gate_bits, state_bits, sent_bits, count_t, hidden_t, sigmoid_t and sigmoid,
//           tanh_t and tanh (ROMs, an entry a row), factor_t and factors, offset_t and offsets (ROMs of four lanes),
//           threshold_t and thresholds (ROM of one).
#ifndef ASN_NEURONS_EVENT_GRU_H
#define ASN_NEURONS_EVENT_GRU_H

#include "lookup.h"

namespace asn {

template <class C>
struct EventGru {
  typedef typename C::neuron N;
  static const bool has_state = true;
  static const bool has_current = false;
  typedef ap_uint<N::hidden_t::width> state_word_t;
  typedef ap_uint<1> current_word_t;  // of nothing
  typedef ap_int<C::acc_t::width + N::factor_t::width + N::offset_t::width> value_t;
  typedef typename N::hidden_t hidden_t;

  // The sum of lane k in units of a table's entries.
  static HLS_INLINE value_t value_of(const ap_uint<4 * C::acc_t::width>& sums,
                                     const ap_uint<4 * N::factor_t::width>& factors,
                                     const ap_uint<4 * N::offset_t::width>& offsets, int k) {
    return get_lane<typename C::acc_t>(sums, k) * get_lane<typename N::factor_t>(factors, k) +
           get_lane<typename N::offset_t>(offsets, k);
  }

  template <class TABLE, class ENTRY>
  static HLS_INLINE ENTRY entry(const value_t& value) {
    const ap_uint<ENTRY::width> word =
        rom_word<TABLE, ENTRY::width>(table_row<typename N::address_t, N::address_shift>(value));
    return get_lane<ENTRY>(word, 0);
  }

  // The counts of unit number `word`, and its h for the next time step.
  static HLS_INLINE typename C::counts_word_t fire(const ap_uint<C::fire_lanes * C::acc_t::width>& sums, int word,
                                                   bool first_step, state_word_t& state, current_word_t&) {
    const ap_uint<4 * N::factor_t::width> factors = rom_word<typename N::factors, 4 * N::factor_t::width>(word);
    const ap_uint<4 * N::offset_t::width> offsets = rom_word<typename N::offsets, 4 * N::offset_t::width>(word);
    const ap_uint<N::threshold_t::width> limit = rom_word<typename N::thresholds, N::threshold_t::width>(word);
    const typename N::threshold_t threshold = get_lane<typename N::threshold_t>(limit, 0);
    const typename N::sigmoid_t z = entry<typename N::sigmoid, typename N::sigmoid_t>(value_of(sums, factors, offsets, 0));
    const typename N::sigmoid_t r = entry<typename N::sigmoid, typename N::sigmoid_t>(value_of(sums, factors, offsets, 1));
    const value_t past = (value_of(sums, factors, offsets, 3) * r) >> N::gate_bits;
    const value_t of_g = value_of(sums, factors, offsets, 2) + past;
    const ap_int<N::state_bits + 2> g = entry<typename N::tanh, typename N::tanh_t>(of_g);
    const hidden_t before = first_step ? hidden_t(0) : get_lane<hidden_t>(state, 0);
    const ap_uint<N::gate_bits + 1> others = (1 << N::gate_bits) - z;
    const ap_int<N::state_bits + N::gate_bits + 4> kept =
        before * z + (g << (N::state_bits - N::gate_bits)) * others + (1 << (N::gate_bits - 1));
    const hidden_t candidate = kept >> N::gate_bits;
    const bool event = candidate > threshold;
    const int down = N::state_bits - N::sent_bits;
    const typename N::count_t sent = (candidate + (1 << (down - 1))) >> down;
    const hidden_t after = event ? hidden_t(candidate - threshold) : candidate;
    state = 0;
    put_lane(state, 0, after);
    typename C::counts_word_t counts = 0;
    put_lane(counts, 0, event ? sent : typename N::count_t(0));
    return counts;
  }
};

}  // namespace asn
#endif
