// The sums of a group of lanes, in registers.
//
// The first `dsp_lanes` of them are kept in pairs, a DSP slice for each: the slice multiplies (odd weight <<
// A) + even weight by the count and adds that to a sum of 2 * A bits, A those of acc_t. The even lane is then
// the low half, and the odd lane the upper half, less 1 where the even one is negative, which `value` makes
// good. A slice takes in product, sum and the choice between its sum and 0, provided that nothing else reads
// the sum before it is in the register.
//
// Config C: lanes, dsp_lanes (even), acc_t, acc_word_t. A pair needs A + bits of a weight + shift <= 25 and A
// <= 24 to fit into one slice.
#ifndef ASN_MAPS_ACCUMULATORS_H
#define ASN_MAPS_ACCUMULATORS_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class C>
using Pair = ap_int<2 * C::acc_t::width>;

template <class C>
HLS_INLINE Pair<C> paired(const typename C::acc_t& even, const typename C::acc_t& odd) {
  return (Pair<C>(odd) << C::acc_t::width) + Pair<C>(even);
}

template <class C>
struct Accumulators {
  typedef typename C::acc_t acc_t;
  typedef typename C::acc_word_t word_t;
  typedef Pair<C> pair_t;
  static const int pairs = C::dsp_lanes / 2;
  static const int singles = C::lanes - C::dsp_lanes;

  pair_t pair_sums[larger_of(pairs, 1)];  // without first values: registers need no reset
  acc_t single_sums[larger_of(singles, 1)];

  // Add what projection number `which` has for each lane, to `start` if the sums are fresh.
  template <class PROJECTIONS>
  HLS_INLINE void add(const PROJECTIONS& projections, int which, bool fresh, const word_t& start) {
    HLS_UNROLL_BEFORE
    for (int pair = 0; pair < pairs; pair++) {
      HLS_UNROLL_INSIDE
      const pair_t first = paired<C>(get_lane<acc_t>(start, 2 * pair), get_lane<acc_t>(start, 2 * pair + 1));
      pair_sums[pair] = (fresh ? first : pair_sums[pair]) + projections.pair_addend(which, pair);
    }
    HLS_UNROLL_BEFORE
    for (int single = 0; single < singles; single++) {
      HLS_UNROLL_INSIDE
      const int lane = C::dsp_lanes + single;
      const acc_t before = fresh ? get_lane<acc_t>(start, lane) : single_sums[single];
      single_sums[single] = before + projections.addend(which, lane);
    }
  }

  HLS_INLINE word_t value() const {
    word_t values = 0;
    HLS_UNROLL_BEFORE
    for (int pair = 0; pair < pairs; pair++) {
      HLS_UNROLL_INSIDE
      const acc_t even = pair_sums[pair];
      const acc_t odd = pair_sums[pair] >> acc_t::width;
      put_lane(values, 2 * pair, even);
      put_lane(values, 2 * pair + 1, acc_t(odd + ap_uint<1>(even < 0)));
    }
    HLS_UNROLL_BEFORE
    for (int single = 0; single < singles; single++) {
      HLS_UNROLL_INSIDE
      put_lane(values, C::dsp_lanes + single, single_sums[single]);
    }
    return values;
  }
};

}  // namespace asn
#endif
