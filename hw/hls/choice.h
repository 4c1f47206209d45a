// One of several packed words, by its number.
#ifndef ASN_CHOICE_H
#define ASN_CHOICE_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

// Word number `index` of COUNT words of WIDTH bits in `words`: a tree of choices, the index bit by bit.
template <int COUNT, int WIDTH>
struct Choice {
  static const int low = COUNT <= 2 ? 1 : 2 * Choice<(COUNT + 1) / 2, WIDTH>::low;  // half of a power of two

  static HLS_INLINE ap_uint<WIDTH> of(const ap_uint<COUNT * WIDTH>& words, const ap_uint<16>& index) {
#if defined(HLS_IN_SIMULATION)
    return words >> (int(index) * WIDTH);
#else
    const ap_uint<low * WIDTH> lower = words;
    const ap_uint<(COUNT - low) * WIDTH> upper = words >> (low * WIDTH);
    const ap_uint<WIDTH> below = Choice<low, WIDTH>::of(lower, index);
    const ap_uint<WIDTH> above = Choice<COUNT - low, WIDTH>::of(upper, index);
    return (index & low) != 0 ? above : below;
#endif
  }
};

template <int WIDTH>
struct Choice<1, WIDTH> {
  static const int low = 1;
  static HLS_INLINE ap_uint<WIDTH> of(const ap_uint<WIDTH>& words, const ap_uint<16>&) { return words; }
};

}  // namespace asn
#endif
