// Whether any bit of a word is set, and whether many are: two or more. By a tree, which is shorter than the carry of
// a subtraction, and of nothing but ANDs and ORs, which share look-up tables.
#ifndef ASN_MAPS_MANY_H
#define ASN_MAPS_MANY_H

#include "../engine.h"

#include <ap_int.h>

namespace asn {

struct AnyAndMany {
  bool any, many;
};

template <int BITS>
struct Many {
  static const int low = (BITS + 1) / 2;

  static HLS_INLINE AnyAndMany of(const ap_uint<BITS>& bits) {
    const AnyAndMany a = Many<low>::of(ap_uint<low>(bits));
    const AnyAndMany b = Many<BITS - low>::of(ap_uint<BITS - low>(bits >> low));
    return {bool(a.any | b.any), bool(a.many | b.many | (a.any & b.any))};
  }
};

template <>
struct Many<1> {
  static HLS_INLINE AnyAndMany of(const ap_uint<1>& bit) { return {bit == 1, false}; }
};

}  // namespace asn
#endif
