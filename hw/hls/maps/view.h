// What a window sees: the occupancy bits of its columns, as a shift register that strips enter from the
// right. Bits of rows outside of the map are cleared as they enter, those of columns outside of it when the
// window looks at them.
#ifndef ASN_MAPS_VIEW_H
#define ASN_MAPS_VIEW_H

#include "../choice.h"
#include "../lanes.h"
#include "geometry.h"

namespace asn {

template <class W>
struct View {
  typedef typename W::input M;
  typedef Geometry<W> G;
  typedef ap_uint<G::pixel_bits> bits_t;
  typedef ap_uint<G::column_bits> column_t;
  typedef ap_uint<G::columns * G::column_bits> columns_t;
  typedef ap_uint<G::places> places_t;

  columns_t columns;                             // the oldest in the low bits
  ap_uint<bits_for(G::strips)> strip;            // the next one to enter
  ap_uint<bits_for(W::out_height + 1)> band;
  ap_uint<bits_for(G::rows)> top;  // slot of the band's first row

  HLS_INLINE View() : strip(0), band(0), top(modulo(-W::pad_top, G::rows)) {}

  // The columns once the next strip has entered.
  HLS_INLINE columns_t entered(const bits_t occupied[G::rows * W::stride_width][G::strips]) const {
    ap_uint<G::strip_bits> next = 0;
    HLS_UNROLL_BEFORE
    for (int column = 0; column < W::stride_width; column++) {
      HLS_UNROLL_INSIDE
      ap_uint<G::rows * G::pixel_bits> slots = 0;
      HLS_UNROLL_BEFORE
      for (int slot = 0; slot < G::rows; slot++) {
        HLS_UNROLL_INSIDE
        put_lane(slots, slot, occupied[slot * W::stride_width + column][G::strips == 1 ? 0 : int(strip)]);
      }
      put_lane(next, column, kernel_rows(slots));
    }
    return (columns >> G::strip_bits) | (columns_t(next) << (columns_t::width - G::strip_bits));
  }

  HLS_INLINE void next_strip() {
    const bool band_ends = strip == G::strips - 1;
    strip = band_ends ? 0 : int(strip) + 1;
    if (band_ends) {
      band = band + 1;
      top = wrapped_sum<G::rows>(top, modulo(W::stride_height, G::rows));
    }
  }

  // The places of the window that hold a count, of one group of inputs and time step: its phase. `inside`
  // says which columns of the kernel are inside of the map.
  static HLS_INLINE places_t places(const columns_t& columns, const ap_uint<W::kernel_width>& inside,
                                    const ap_uint<bits_for(G::phases)>& phase) {
    places_t found = 0;
    places_t mask = 0;
    HLS_UNROLL_BEFORE
    for (int tap = 0; tap < G::taps; tap++) {
      HLS_UNROLL_INSIDE
      const int column = G::column_of(tap % W::kernel_width);
      const int first = column * G::column_bits + tap / W::kernel_width * G::pixel_bits;
      const bits_t bits = columns.range(first + G::pixel_bits - 1, first);
      const ap_uint<G::walked_units> units = Choice<G::phases, G::walked_units>::of(by_phase(bits), phase);
      put_lane(found, tap, units);
      put_lane(mask, tap, repeated<G::walked_units>(inside[tap % W::kernel_width] == 1));
    }
    return found & mask;
  }

  // The columns of the kernel that are inside of the map for the window at output column x.
  static HLS_INLINE ap_uint<W::kernel_width> columns_inside(const ap_uint<bits_for(W::out_width)>& x) {
    ap_uint<W::kernel_width> inside = 0;
    HLS_UNROLL_BEFORE
    for (int column = 0; column < W::kernel_width; column++) {
      HLS_UNROLL_INSIDE
      const int first = ceiling_of(W::pad_left - column * W::dilation_width, W::stride_width);
      const int last = floor_of(M::width - 1 + W::pad_left - column * W::dilation_width, W::stride_width);
      const ap_uint<1> is = (first <= 0 || x >= first) && (last >= W::out_width - 1 || x <= last);
      put_lane(inside, column, is);
    }
    return inside;
  }

 private:
  // One bit, BITS times.
  template <int BITS>
  static HLS_INLINE ap_uint<BITS> repeated(bool value) {
    ap_uint<BITS> bits = 0;
    HLS_UNROLL_BEFORE
    for (int index = 0; index < BITS; index++) {
      HLS_UNROLL_INSIDE
      put_lane(bits, index, ap_uint<1>(value));
    }
    return bits;
  }

  // Rows of the kernel out of the rows that are kept, those outside of the map cleared.
  HLS_INLINE column_t kernel_rows(const ap_uint<G::rows * G::pixel_bits>& slots) const {
    column_t seen = 0;
    column_t mask = 0;
    HLS_UNROLL_BEFORE
    for (int row = 0; row < W::kernel_height; row++) {
      HLS_UNROLL_INSIDE
      const ap_uint<bits_for(G::rows)> slot =
          wrapped_sum<G::rows>(top, modulo(row * W::dilation_height, G::rows));
      const bits_t bits = Choice<G::rows, G::pixel_bits>::of(slots, slot);
      put_lane(seen, row, bits);
      put_lane(mask, row, repeated<G::pixel_bits>(row_inside(row)));
    }
    return seen & mask;
  }

  HLS_INLINE bool row_inside(int row) const {
    const int first = ceiling_of(W::pad_top - row * W::dilation_height, W::stride_height);
    const int last = floor_of(M::height - 1 + W::pad_top - row * W::dilation_height, W::stride_height);
    return (first <= 0 || band >= first) && (last >= W::out_height - 1 || band <= last);
  }

  // The bits of a pixel, which came group by group, as a word for each phase.
  static HLS_INLINE ap_uint<G::phases * G::walked_units> by_phase(const bits_t& bits) {
    if (G::walked_words == 1) return bits;  // they came so
    ap_uint<G::phases * G::walked_units> sorted = 0;
    HLS_UNROLL_BEFORE
    for (int word = 0; word < G::pixel_words; word++) {
      HLS_UNROLL_INSIDE
      const int group = word / M::time_steps;
      const int phase = group / G::walked_words * M::time_steps + word % M::time_steps;
      const ap_uint<G::phases * G::walked_units> parts = get_lane<ap_uint<G::parts> >(bits, word);
      sorted |= parts << (phase * G::walked_units + group % G::walked_words * G::parts);
    }
    return sorted;
  }
};

}  // namespace asn
#endif
