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

// Of three parts: two results of six inputs at most, a look-up table each.
HLS_INLINE AnyAndMany joined(const AnyAndMany& a, const AnyAndMany& b, const AnyAndMany& c) {
  const bool both = (a.any & (b.any | c.any)) | (b.any & c.any);
  return {bool(a.any | b.any | c.any), bool(a.many | b.many | c.many | both)};
}

template <int BITS>
struct Many {
  static const int low = (BITS + 2) / 3;
  static const int middle = (BITS - low + 1) / 2;
  static const int high = BITS - low - middle;

  static HLS_INLINE AnyAndMany of(const ap_uint<BITS>& bits) {
    return joined(Many<low>::of(ap_uint<low>(bits)), Many<middle>::of(ap_uint<middle>(bits >> low)),
                  Many<high>::of(ap_uint<high>(bits >> (low + middle))));
  }
};

template <>
struct Many<1> {
  static HLS_INLINE AnyAndMany of(const ap_uint<1>& bit) { return {bit == 1, false}; }
};

template <>
struct Many<2> {
  static HLS_INLINE AnyAndMany of(const ap_uint<2>& bits) { return {bits != 0, bits == 3}; }
};

}  // namespace asn
#endif
