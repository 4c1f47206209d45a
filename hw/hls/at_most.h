// How many bits of a word are set, up to three: by a tree, which is shorter than what clears the lowest ones and looks
// at the rest.
#ifndef ASN_AT_MOST_H
#define ASN_AT_MOST_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

struct UpToThree {
  bool one, two, three;  // so many, or more
};

// Of two parts: results of six inputs at most, a look-up table each.
HLS_INLINE UpToThree joined(const UpToThree& a, const UpToThree& b) {
  return {bool(a.one | b.one), bool(a.two | b.two | (a.one & b.one)),
          bool(a.three | b.three | (a.two & b.one) | (a.one & b.two))};
}

// Of BITS bits, in parts of PART bits, each known by a look-up table or two.
template <int BITS, int PART>
struct Set {
  static const int low = BITS <= PART ? BITS / 2 : (BITS / 2 + PART - 1) / PART * PART;
  static HLS_INLINE UpToThree of(const ap_uint<BITS>& bits) {
    return joined(Set<low, PART>::of(ap_uint<low>(bits)),
                  Set<BITS - low, PART>::of(ap_uint<BITS - low>(bits >> low)));
  }
};

template <int PART>
struct Set<1, PART> {
  static HLS_INLINE UpToThree of(const ap_uint<1>& bit) { return {bit == 1, false, false}; }
};

}  // namespace asn
#endif
