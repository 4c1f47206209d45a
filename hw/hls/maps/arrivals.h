// The input side of a window: words of a raster stream go into a ring of words, and for each word the ring
// holds, an occupancy bit says whether there is a count in it.
#ifndef ASN_MAPS_ARRIVALS_H
#define ASN_MAPS_ARRIVALS_H

#include "../lanes.h"
#include "geometry.h"

namespace asn {

template <class W>
struct Arrivals {
  typedef typename W::input M;
  typedef Geometry<W> G;
  typedef ap_uint<G::pixel_bits> bits_t;
  static const int last_column = M::width - 1;

  // Pixels that are to be read before the next strip enters, and `pace` more.
  ap_int<signed_bits_for(G::lowest_due, G::highest_due)> due;
  bool all;                                   // nothing is left to read
  ap_uint<bits_for(G::ring_words)> position;  // in the ring
  ap_uint<bits_for(G::pixel_words)> word;     // of the pixel
  ap_uint<bits_for(G::strips)> strip;
  ap_uint<W::stride_width> column;  // of the strip, one-hot
  ap_uint<bits_for(M::height)> row;
  ap_uint<G::rows> slot;  // of the row, among those whose bits are kept, one-hot
  bits_t bits;            // of the pixel's words so far

  HLS_INLINE Arrivals()
      : due(G::due), all(false), position(0), word(0), strip(0), column(1), row(0), slot(1) {}

  // Whether there are pixels for one more strip.
  HLS_INLINE bool suffice() const { return all || due <= G::pace; }

  HLS_INLINE bool wanted() const { return !all && due > 0; }

  // One bit for each part of a word that is scanned at once.
  static HLS_INLINE ap_uint<G::parts> occupancy(const typename M::word_t& counts) {
    const int part_bits = W::scan_lanes * M::count_t::width;
    ap_uint<G::parts> found = 0;
    HLS_UNROLL_BEFORE
    for (int part = 0; part < G::parts; part++) {
      HLS_UNROLL_INSIDE
      const ap_uint<1> some = get_lane<ap_uint<part_bits> >(counts, part) != 0;
      put_lane(found, part, some);
    }
    return found;
  }

  HLS_INLINE void store(const typename M::word_t& counts, typename M::word_t ring[G::ring_words],
                        bits_t occupied[G::rows * W::stride_width][G::strips]) {
    bits = (bits >> G::parts) | (bits_t(occupancy(counts)) << (G::pixel_bits - G::parts));
    HLS_UNROLL_BEFORE
    for (int cell = 0; cell < G::rows * W::stride_width; cell++) {
      HLS_UNROLL_INSIDE
      const bool here = slot[cell / W::stride_width] == 1 && column[cell % W::stride_width] == 1;
      if (here && word == G::pixel_words - 1) occupied[cell][G::strips == 1 ? 0 : int(strip)] = bits;
    }
    store(counts, ring);
  }

  // The word alone, where nobody asks whether it holds a count.
  HLS_INLINE void store(const typename M::word_t& counts, typename M::word_t ring[G::ring_words]) {
    ring[position] = counts;
    next_word();
  }

 private:
  HLS_INLINE void next_word() {
    position = wrapped_sum<G::ring_words>(position, 1);
    const bool pixel_ends = word == G::pixel_words - 1;
    word = pixel_ends ? 0 : int(word) + 1;
    if (!pixel_ends) return;
    const bool row_ends =
        strip == last_column / W::stride_width && column[last_column % W::stride_width] == 1;
    const bool strip_ends = row_ends || column[W::stride_width - 1] == 1;
    due = due - (row_ends ? 1 + G::row - M::width : 1);
    column = strip_ends ? ap_uint<W::stride_width>(1) : ap_uint<W::stride_width>(column << 1);
    if (strip_ends) strip = row_ends ? 0 : int(strip) + 1;
    if (!row_ends) return;
    all = row == M::height - 1;
    row = row + 1;
    slot = (slot << 1) | (slot >> (G::rows - 1));
  }
};

}  // namespace asn
#endif
