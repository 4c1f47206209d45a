// Neurons that look up what they send: count = table[k + half], k = (sum * factor + offset) >> shift, clipped to the
// range of an address.
//
// Config C: see sums.h; also counts_word_t, neuron.
// Config N: neurons (lanes beyond these send 0), address_shift, address_t (signed), count_t, factor_t and factors,
//           offset_t and offsets (ROMs, a lane each), table (ROM, an entry a row, so many times as there are pairs of
//           lanes: a memory has two ports).
#ifndef ASN_NEURONS_LOOKUP_H
#define ASN_NEURONS_LOOKUP_H

#include "../sums.h"

namespace asn {

// The row of a table for a value in units of 2^-SHIFT of its entries.
template <class ADDRESS, int SHIFT, class VALUE>
HLS_INLINE ap_uint<ADDRESS::width> table_row(const VALUE& value) {
  const int half = 1 << (ADDRESS::width - 1);
  const VALUE index = value >> SHIFT;
  const ap_int<ADDRESS::width + 1> inside = index < -half ? -half : index > half - 1 ? half - 1 : int(index);
  return ap_uint<ADDRESS::width>(inside + half);
}

// LANES neurons side by side: what they do in one time step. group: number of their word.
template <class N, int LANES>
struct LookupLanes {
  typedef ap_uint<LANES * N::count_t::width> counts_t;
  int group;
  ap_uint<LANES * N::factor_t::width> factors;
  ap_uint<LANES * N::offset_t::width> offsets;

  HLS_INLINE explicit LookupLanes(const Neurons& neurons) : group(neurons.group) {
    factors = rom_word<typename N::factors, LANES * N::factor_t::width>(group);
    offsets = rom_word<typename N::offsets, LANES * N::offset_t::width>(group);
  }

  // The counts that they send for these sums.
  template <class ACC>
  HLS_INLINE counts_t fire(const ap_uint<LANES * ACC::width>& sums) const {
    typedef ap_int<ACC::width + N::factor_t::width + N::offset_t::width> value_t;
    counts_t packed = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      const typename N::factor_t factor = get_lane<typename N::factor_t>(factors, lane);
      const typename N::offset_t offset = get_lane<typename N::offset_t>(offsets, lane);
      const ACC sum = get_lane<ACC>(sums, lane);
      const value_t value = sum * factor + offset;
      const ap_uint<N::address_t::width> row = table_row<typename N::address_t, N::address_shift>(value);
      typename N::count_t count = rom_word<typename N::table, N::count_t::width>(row, lane / 2);
      if (N::neurons % LANES != 0 && group * LANES + lane >= N::neurons) count = 0;
      put_lane(packed, lane, count);
    }
    return packed;
  }
};

template <class C>
struct Lookup {
  typedef LookupLanes<typename C::neuron, C::fire_lanes> lanes_t;
  static const bool has_state = false;
  static const bool has_current = false;
  typedef ap_uint<1> state_word_t;  // of nothing
  typedef ap_uint<1> current_word_t;

  // The counts of the neurons that fire together, word number `word` of a time step.
  static HLS_INLINE typename C::counts_word_t fire(const ap_uint<C::fire_lanes * C::acc_t::width>& sums, int word,
                                                   bool, state_word_t&, current_word_t&) {
    return lanes_t(word).template fire<typename C::acc_t>(sums);
  }
};

}  // namespace asn
#endif
