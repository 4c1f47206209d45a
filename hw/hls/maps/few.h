// How many bits of a word are set: 0, 1, 2, or 3 for more. By a tree, which is shorter than the carry of a
// subtraction.
#ifndef ASN_MAPS_FEW_H
#define ASN_MAPS_FEW_H

#include "../engine.h"

#include <ap_int.h>

namespace asn {

template <int BITS>
struct Few {
  static const int half = BITS / 2;

  static HLS_INLINE ap_uint<2> of(const ap_uint<BITS>& bits) {
    const ap_uint<2> a = Few<half>::of(ap_uint<half>(bits));
    const ap_uint<2> b = Few<BITS - half>::of(ap_uint<BITS - half>(bits >> half));
    const ap_uint<1> a0 = a[0], a1 = a[1], b0 = b[0], b1 = b[1];
    const ap_uint<1> high = a1 | b1 | (a0 & b0);
    const ap_uint<1> low = (a0 ^ b0) | (a1 & b1) | (a1 & b0) | (b1 & a0);
    return (ap_uint<2>(high) << 1) | ap_uint<2>(low);
  }
};

template <>
struct Few<1> {
  static HLS_INLINE ap_uint<2> of(const ap_uint<1>& bits) { return bits; }
};

}  // namespace asn
#endif
