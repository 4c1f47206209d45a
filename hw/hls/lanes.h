// Packed words: P lanes of equal width side by side, lane 0 in the low bits. One memory with one wide port
// instead of P narrow ones, in every engine.
#ifndef ASN_LANES_H
#define ASN_LANES_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

// Lane `index` of a packed word, read as an integer of type T.
template <class T, int WORD_BITS>
HLS_INLINE T get_lane(const ap_uint<WORD_BITS>& word, int index) {
  T value = word.range((index + 1) * T::width - 1, index * T::width);
  return value;
}

// Put `value` into lane `index` of a word whose lane is still zero.
template <class T, int WORD_BITS>
HLS_INLINE void put_lane(ap_uint<WORD_BITS>& word, int index, const T& value) {
  ap_uint<T::width> bits = value;
  word |= ap_uint<WORD_BITS>(bits) << (index * T::width);
}

// A ROM word of BITS bits, stored as 64-bit slices: ROM::word(slice, row) is slice number `slice` of that row.
// A row may hold several such words, one behind the other; `index` says which one is meant.
template <class ROM, int BITS>
HLS_INLINE ap_uint<BITS> rom_word(int row, int index = 0) {
  const int slices = (BITS + 63) / 64;
  ap_uint<64 * slices> word = 0;
  HLS_UNROLL_BEFORE
  for (int slice = 0; slice < slices; slice++) {
    HLS_UNROLL_INSIDE
    word |= ap_uint<64 * slices>(ap_uint<64>(ROM::word(index * slices + slice, row))) << (64 * slice);
  }
  return ap_uint<BITS>(word);
}

// A ROM of constants of a map's neurons that differ by pixel: a row for each pixel and group of lanes, where a ROM that
// stands alone has one for each group.
template <class ROM>
struct ByPixel {
  static HLS_INLINE unsigned long long word(int slice, int row) { return ROM::word(slice, row); }
};

// Which neurons are worked on: their group of lanes, and of maps whose neurons differ by pixel the number of the pixel and
// group in raster order.
struct Neurons {
  const int group;
  const int turn;

  HLS_INLINE Neurons(int number) : group(number), turn(number) {}
  HLS_INLINE Neurons(int number, int pixel_and_group) : group(number), turn(pixel_and_group) {}
};

template <class ROM>
struct RowOf {
  static HLS_INLINE int of(const Neurons& neurons) { return neurons.group; }
};

template <class ROM>
struct RowOf<ByPixel<ROM> > {
  static HLS_INLINE int of(const Neurons& neurons) { return neurons.turn; }
};

// The row that belongs to some neurons.
template <class ROM, int BITS>
HLS_INLINE ap_uint<BITS> rom_word_of(const Neurons& neurons, int index = 0) {
  return rom_word<ROM, BITS>(RowOf<ROM>::of(neurons), index);
}

// In place of a ROM whose words are not used, or are all zero.
struct NoRom {
  static HLS_INLINE unsigned long long word(int, int) { return 0; }
};

}  // namespace asn
#endif
