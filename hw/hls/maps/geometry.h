// What a window's config means in numbers; all of them are constants of the compiler.
//
// The window moves over the map from left to right, by `stride_width` columns at a time: such columns are a
// *strip*, and a row of windows a *band*. Strips are counted through all bands, `strips` to a band, at least
// as many as the band has windows: then one strip enters the window for each output pixel, also from the end
// of a band to the beginning of the next one, and what the window sees of another band or of padding is
// masked.
//
// Input arrives in the same measure: stride_height * stride_width pixels for each strip. So the rows between
// two bands come bit by bit while the band before is worked on, and the memory holds as few pixels as that
// allows.
//
// Config W: see window.h.
#ifndef ASN_MAPS_GEOMETRY_H
#define ASN_MAPS_GEOMETRY_H

#include "raster.h"

namespace asn {

template <class W>
struct Geometry {
  typedef typename W::input M;

  // Words: a word of the map is scanned in parts of scan_lanes lanes, the *units* of a pixel and time step.
  static const int parts = M::lanes / W::scan_lanes;
  static const int units = M::groups * parts;
  static const int walked_units = units / W::conv_groups;  // those that one output group reads
  static const int walked_words = M::groups / W::conv_groups;
  static const int pixel_words = M::groups * M::time_steps;
  static const int taps = W::kernel_height * W::kernel_width;
  static const int places = taps * walked_units;
  static const int pixel_bits = units * M::time_steps;  // of each: whether it holds a count
  static const int phases = M::time_steps * W::conv_groups;

  // The kernel's extent beyond its first row and column; the column at which output pixel 0 sees its last
  // one.
  static const int reach_height = (W::kernel_height - 1) * W::dilation_height;
  static const int reach_width = (W::kernel_width - 1) * W::dilation_width;
  static const int edge = reach_width - W::pad_left;

  static const int strips = larger_of(ceiling_of(M::width, W::stride_width), W::out_width);  // in a band
  static const int first_strip = floor_of(edge, W::stride_width);  // the newest one that output pixel 0 sees
  static const int unseen = W::stride_width - 1 - modulo(edge, W::stride_width);  // columns beyond the kernel
  static const int columns = ceiling_of(unseen + reach_width + 1, W::stride_width) * W::stride_width;
  static const int column_bits = W::kernel_height * pixel_bits;
  static const int strip_bits = W::stride_width * column_bits;

  // Pixels, in rows as wide as `strips` strips: those that arrive before strip 0 of band 0 enters, and one
  // strip's more, so that they keep coming while strips enter.
  static const int row = strips * W::stride_width;
  static const int pace = W::stride_height * W::stride_width;  // pixels for each strip
  static const int due = (reach_height - W::pad_top) * row + W::stride_width + pace;
  static const int lowest_due = smaller_of(due, 0) - row;
  static const int highest_due = larger_of(due, 0) + 2 * pace;

  // Pixels that have arrived, counted from the window's first row, when strip `strip` of the band may enter
  // next.
  static constexpr int arrived(int strip) {
    return reach_height * row + W::stride_width + (strip + 1) * pace;
  }
  static constexpr int real(int pixels) {
    return pixels / row * M::width + smaller_of(pixels % row, M::width);
  }

  // The first pixel of the map that a window needs, counted from the first row of its band, and from that of
  // the band before if it is the last window of it.
  static constexpr int oldest(int x) {
    return x >= 0 ? larger_of(0, x * W::stride_width - W::pad_left)
                  : oldest(W::out_width - 1) - W::stride_height * M::width;
  }

  // Pixels from the oldest one of the window before to the newest that may arrive while a window is worked
  // on: a word is used again two iterations of the loop later at the earliest.
  static constexpr int held_pixels() {
    int held = 0;
    for (int x = 0; x < W::out_width; x++) {
      const int next = (x == W::out_width - 1 ? strips : x + 1) + first_strip;
      held = larger_of(held, real(arrived(next + 1)) - oldest(x - 1));
    }
    return smaller_of(held, M::height * M::width);
  }

  // The ring of words. Up to 512 words a block RAM is not full, so that the size is a power of two, which
  // wraps for nothing; more words wrap by comparison and take no more memory than is needed.
  static const int held_words = held_pixels() * pixel_words;
  static const int ring_words = held_words <= 512 ? 1 << bits_for(held_words) : held_words;

  // Rows of occupancy bits: a row is overwritten only where no strip will read it any more.
  static constexpr int held_rows() {
    int held = 1;
    for (int strip = 0; strip < strips; strip++) {
      const int newest = arrived(strip) - 1;
      const bool passed = newest % row / W::stride_width < strip;
      held = larger_of(held, newest / row + (passed ? 0 : 1));
    }
    return smaller_of(held, M::height);
  }
  static const int rows = held_rows();

  // Where the kernel's columns are among those of the window.
  static constexpr int column_of(int kernel_column) {
    return columns - 1 - unseen - reach_width + kernel_column * W::dilation_width;
  }

  // Words from a pixel to another one.
  static constexpr int words_to(int y, int x) { return (y * M::width + x) * pixel_words; }

  static_assert(W::conv_groups == 1 || W::out_groups % W::conv_groups == 0,
                "output groups must divide into conv_groups");
  static_assert(M::lanes % W::scan_lanes == 0, "lanes must be a multiple of scan_lanes");
  static_assert(M::groups % W::conv_groups == 0, "groups must divide into conv_groups");
  static_assert(first_strip >= -1, "pad_left must not exceed the kernel's reach plus the stride");
};

}  // namespace asn
#endif
