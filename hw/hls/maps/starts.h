// What the sums of an output pixel start from: 0, a constant that depends on how near the pixel is to the
// border, and the current of another layer.
//
// Zero padding holds the value 0, which a neuron with an offset does not send as a count of 0. So the
// constant that stands for the offset depends on which taps are inside of the map: on the *class* of the
// output row and that of the column. The first `border_top` rows have a class each, then all rows but the
// last `border_bottom` are one, and these have one each again; columns likewise.
//
// Config C: see gather.h; has_border; if so, border_top, border_bottom, border_left, border_right (together
//           less than the rows and columns there are), borders (ROM of lanes * acc_t::width bits, row =
//           (class of the row * classes of columns + class of the column) * groups + group); carried_t,
//           carried_shift: a sum of the layer whose current is read, and its left shift; carried_is_frame:
//           whether that current is sent once, and meant at each time step.
#ifndef ASN_MAPS_STARTS_H
#define ASN_MAPS_STARTS_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

// What most populations do not have: a config is derived from it and says only what it has.
struct PlainMap {
  static const bool has_border = false;
  static const int border_top = 0, border_bottom = 0, border_left = 0, border_right = 0;
  static const int carried_shift = 0;
  static const bool carried_is_frame = false;
  static const int fire_interval = 1;
  static const int dsp_lanes = 0;
  typedef NoRom borders;
  typedef ap_uint<1> carried_t;
};

// Where gather is: the output pixel, and its group.
template <class C>
struct Turn {
  static const int columns = C::border_left + 1 + C::border_right;
  static const int rows = C::border_top + 1 + C::border_bottom;

  ap_uint<bits_for(C::out_width)> x;
  ap_uint<bits_for(C::out_height)> y;
  ap_uint<bits_for(C::groups)> group;
  ap_uint<bits_for(columns)> column_class;
  ap_uint<bits_for(rows)> row_class;

  HLS_INLINE Turn() : x(0), y(0), group(0), column_class(0), row_class(0) {}

  HLS_INLINE bool is_last() const {
    return x == C::out_width - 1 && y == C::out_height - 1 && group == C::groups - 1;
  }

  HLS_INLINE typename C::acc_word_t border() const {
    if (!C::has_border) return 0;
    typedef ap_uint<bits_for(rows * columns * C::groups)> row_t;
    const row_t place = row_class * ap_uint<bits_for(columns + 1)>(columns) + column_class;
    const row_t row = place * ap_uint<bits_for(C::groups + 1)>(C::groups) + group;
    return rom_word<typename C::borders, C::acc_word_t::width>(row);
  }

  HLS_INLINE void next() {
    const bool pixel_ends = group == C::groups - 1;
    group = pixel_ends ? 0 : int(group) + 1;
    if (!pixel_ends) return;
    const bool row_ends = x == C::out_width - 1;
    const bool new_column = x < C::border_left || x >= C::out_width - 1 - C::border_right;
    const bool new_row = y < C::border_top || y >= C::out_height - 1 - C::border_bottom;
    x = row_ends ? 0 : int(x) + 1;
    column_class = row_ends ? 0 : int(column_class) + int(new_column);
    if (row_ends) row_class = row_class + ap_uint<1>(new_row);
    if (row_ends) y = y + 1;
  }
};

// In place of a stream of currents to read.
struct NoCurrent {};

// The words of another layer's current. One that is sent once and meant at each time step is kept.
template <class C, class CARRIED>
struct Carried;

template <class C>
struct Carried<C, NoCurrent> {
  HLS_INLINE typename C::acc_word_t onto(const typename C::acc_word_t& start, NoCurrent&, bool, bool) {
    return start;
  }
};

template <class C, class WORD>
struct Carried<C, hls::stream<WORD> > {
  WORD kept;  // without a first value

  // `start`, or if `adds`, the sum of it and of the current; if `reads`, of its next word.
  HLS_INLINE typename C::acc_word_t onto(const typename C::acc_word_t& start, hls::stream<WORD>& carried,
                                         bool adds, bool reads) {
    if (reads) kept = carried.read();
    const WORD word = adds ? kept : WORD(0);
    typename C::acc_word_t sums = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename C::acc_t more = get_lane<typename C::carried_t>(word, lane);
      const typename C::acc_t sum = get_lane<typename C::acc_t>(start, lane) + (more << C::carried_shift);
      put_lane(sums, lane, sum);
    }
    return sums;
  }
};

}  // namespace asn
#endif
