// Neurons that look up what they send: count = table[k + half], k = (sum * factor + offset) >> shift, clipped to the
// range of an address.
//
// Config C: see sums.h; also counts_word_t, neuron; fire_lanes is 1, for a memory is read once in a cycle.
// Config N: address_shift, address_t (signed), count_t, factor_t and factors, offset_t and offsets (ROMs, a lane each),
//           table (ROM, an entry a row).
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

template <class C>
struct Lookup {
  typedef typename C::neuron N;
  static const bool has_state = false;
  static const bool has_current = false;
  typedef ap_uint<1> state_word_t;  // of nothing
  typedef ap_uint<1> current_word_t;

  // The count of neuron number `word`.
  static HLS_INLINE typename C::counts_word_t fire(const ap_uint<C::fire_lanes * C::acc_t::width>& sums, int word,
                                                   bool, state_word_t&, current_word_t&) {
    typedef ap_int<C::acc_t::width + N::factor_t::width + N::offset_t::width> value_t;
    const typename N::factor_t factor = rom_word<typename N::factors, N::factor_t::width>(word);
    const typename N::offset_t offset = rom_word<typename N::offsets, N::offset_t::width>(word);
    const typename C::acc_t sum = get_lane<typename C::acc_t>(sums, 0);
    const value_t value = sum * factor + offset;
    return rom_word<typename N::table, N::count_t::width>(table_row<typename N::address_t, N::address_shift>(value));
  }
};

}  // namespace asn
#endif
