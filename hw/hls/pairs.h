// Two sums in one accumulator, so that one DSP slice multiplies and adds for two lanes:
//
//   pair = upper * 2^BITS + lower          modulo 2^(2 * BITS); BITS are those of one sum
//
// A pair of weights times a count adds to both. As long as each sum stays within BITS bits, both can be read exactly:
// the lower half is the lower sum in two's complement, the upper half is the upper sum less the borrow, which is 1
// where the lower one is negative. Pairs of small numbers are made alike, so that a memory may hold them with the
// borrow already taken (`pair_of_halves`) and nothing is left to be added before the product.
//
// Packed words of pairs are laid out as packed words of sums are: lanes 2 i and 2 i + 1 are the halves of pair i. Of an
// odd number of lanes the last one is a plain sum. What reads them as numbers adds the borrows.
#ifndef ASN_PAIRS_H
#define ASN_PAIRS_H

#include "lanes.h"

namespace asn {

// The pair whose halves are these; `upper` is less the borrow.
template <int BITS, class NUMBER>
HLS_INLINE ap_int<BITS + NUMBER::width> pair_of_halves(const NUMBER& lower, const NUMBER& upper) {
  const ap_int<BITS> low = lower;
  return (ap_int<BITS + NUMBER::width>(upper) << BITS) | ap_int<BITS + NUMBER::width>(ap_uint<BITS>(low));
}

// The pair of two numbers.
template <int BITS, class NUMBER>
HLS_INLINE ap_int<BITS + NUMBER::width + 1> pair_of(const NUMBER& lower, const NUMBER& upper) {
  return (ap_int<BITS + NUMBER::width + 1>(upper) << BITS) + lower;
}

// Which lanes of a word of pairs lack 1: the upper ones of those whose lower half is negative.
template <class SUM, int LANES>
HLS_INLINE ap_uint<LANES> borrows_of(const ap_uint<LANES * SUM::width>& word) {
  ap_uint<LANES> borrows = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 1; lane < LANES; lane += 2) {
    HLS_UNROLL_INSIDE
    const ap_uint<1> negative = word[lane * SUM::width - 1];
    put_lane(borrows, lane, negative);
  }
  return borrows;
}

// The sums as numbers: 1 is added to each lane that lacks it.
template <class SUM, int LANES>
HLS_INLINE ap_uint<LANES * SUM::width> with_borrows(const ap_uint<LANES * SUM::width>& word,
                                                    const ap_uint<LANES>& borrows) {
  ap_uint<LANES * SUM::width> sums = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < LANES; lane++) {
    HLS_UNROLL_INSIDE
    const SUM sum = get_lane<SUM>(word, lane) + get_lane<ap_uint<1> >(borrows, lane);
    put_lane(sums, lane, sum);
  }
  return sums;
}

}  // namespace asn
#endif
