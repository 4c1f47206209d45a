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

  word_t sums;  // without a first value: registers need no reset

  // Add what projection number `which` has for each lane, to `start` if the sums are fresh.
  template <class PROJECTIONS>
  HLS_INLINE void add(const PROJECTIONS& projections, int which, bool fresh, const word_t& start) {
    word_t next = 0;
    HLS_UNROLL_BEFORE
    for (int pair = 0; pair < pairs; pair++) {
      HLS_UNROLL_INSIDE
      const pair_t before = get_lane<pair_t>(sums, pair);
      const pair_t first = paired<C>(get_lane<acc_t>(start, 2 * pair), get_lane<acc_t>(start, 2 * pair + 1));
      const pair_t sum = (fresh ? first : before) + projections.pair_addend(which, pair);
      put_lane(next, pair, sum);
    }
    HLS_UNROLL_BEFORE
    for (int lane = C::dsp_lanes; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const acc_t before = get_lane<acc_t>(sums, lane);
      const acc_t sum = (fresh ? get_lane<acc_t>(start, lane) : before) + projections.addend(which, lane);
      put_lane(next, lane, sum);
    }
    sums = next;
  }

  // Whether this is the odd lane of a pair, and the even one negative.
  HLS_INLINE bool is_borrowed(int lane) const {
    return lane < C::dsp_lanes && lane % 2 == 1 && get_lane<acc_t>(sums, lane - lane % 2) < 0;
  }

  // Twice the sum of a lane, or 1 less: half of it, rounded up, is the sum.
  HLS_INLINE ap_int<acc_t::width + 1> twice(int lane) const {
    return (ap_int<acc_t::width + 1>(get_lane<acc_t>(sums, lane)) << 1) + ap_uint<1>(is_borrowed(lane));
  }

  HLS_INLINE word_t value() const {
    word_t values = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      put_lane(values, lane, acc_t(get_lane<acc_t>(sums, lane) + ap_uint<1>(is_borrowed(lane))));
    }
    return values;
  }
};

}  // namespace asn
#endif
