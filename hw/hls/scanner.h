// Walks through the non-zero lanes of packed words, lowest lane first, one lane or two in a cycle.
#ifndef ASN_SCANNER_H
#define ASN_SCANNER_H

#include "at_most.h"
#include "lanes.h"

namespace asn {

// The bits that are set, but for the lowest: by a carry chain or, where that is too long or a look-up table knows of
// each bit whether one is set below it, by a tree of ORs.
template <int BITS>
HLS_INLINE ap_uint<BITS> without_lowest(const ap_uint<BITS>& bits) {
  if (BITS > 8 && BITS <= 32) return bits & ap_uint<BITS>(bits - 1);
  ap_uint<BITS> any = bits;  // of this one and those below
  HLS_UNROLL_BEFORE
  for (int reach = 1; reach < BITS; reach *= 2) {
    HLS_UNROLL_INSIDE
    any |= any << reach;
  }
  return bits & (any << 1);
}

// LANES lanes of COUNT_BITS bits; a lane's index has INDEX_BITS bits.
template <int LANES, int COUNT_BITS, int INDEX_BITS>
struct Scanner {
  typedef ap_uint<COUNT_BITS> count_t;
  typedef ap_uint<INDEX_BITS> index_t;

  ap_uint<LANES * COUNT_BITS> word;
  ap_uint<LANES> pending;  // lanes that are not zero and not taken yet

  HLS_INLINE void load(const ap_uint<LANES * COUNT_BITS>& next) {
    word = next;
    ap_uint<LANES> mask = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      ap_uint<1> spikes = get_lane<count_t>(next, lane) != 0;
      put_lane(mask, lane, spikes);
    }
    pending = mask;
  }

  // Whether nothing is pending once so many lanes have been taken: known without taking them.
  HLS_INLINE bool ends_after(int lanes) const {
    return lanes == 1 ? !Set<LANES, 6>::of(pending).two : !Set<LANES, 4>::of(pending).three;
  }

  // Remove the lowest pending lane; without one nothing changes, and index and count are zero.
  HLS_INLINE void take(index_t& index, count_t& count) {
    const ap_uint<LANES> rest = without_lowest<LANES>(pending);
    read_lane(pending ^ rest, index, count);
    pending = rest;
  }

  // Remove the two lowest at once: whether one lane or two are pending below a lane is known of all lanes together,
  // in as many steps as an index has bits, which is shorter than to take one after the other.
  HLS_INLINE void take(index_t indices[2], count_t counts[2]) {
    ap_uint<LANES> one_below = pending << 1, two_below = 0;  // of 1, 2, 4, ... lanes below
    HLS_UNROLL_BEFORE
    for (int step = 0; step < INDEX_BITS; step++) {
      HLS_UNROLL_INSIDE
      two_below |= (two_below << (1 << step)) | (one_below & (one_below << (1 << step)));
      one_below |= one_below << (1 << step);
    }
    read_lane(pending & ~one_below, indices[0], counts[0]);
    read_lane(pending & one_below & ~two_below, indices[1], counts[1]);
    pending &= two_below;
  }

 private:
  // Index and count of the lane whose bit is set; zero if none is.
  HLS_INLINE void read_lane(const ap_uint<LANES>& chosen, index_t& index, count_t& count) const {
    index_t chosen_index = 0;
    count_t chosen_count = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < LANES; lane++) {
      HLS_UNROLL_INSIDE
      if (chosen[lane]) chosen_index |= index_t(lane);
      if (chosen[lane]) chosen_count |= get_lane<count_t>(word, lane);
    }
    index = chosen_index;
    count = chosen_count;
  }
};

}  // namespace asn
#endif
