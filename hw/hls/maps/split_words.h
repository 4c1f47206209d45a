// split_words: the words of a map in parts of fewer lanes, the lowest first. Looking for a count in a wide word
// takes more than a cycle at most clocks.
//
// Config S: input, output (configs M of raster.h of one map; lanes of the output divide those of the input).
#ifndef ASN_MAPS_SPLIT_WORDS_H
#define ASN_MAPS_SPLIT_WORDS_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class S>
HLS_INLINE void split_words(typename S::input::stream_t& words, typename S::output::stream_t& parts) {
  typedef typename S::input M;
  typedef typename S::output::word_t part_t;
  const int count = M::lanes / S::output::lanes;
  typename M::word_t word;
  ap_uint<bits_for(count)> part = 0;
  for (int index = 0; index < M::height * M::width * M::groups * M::time_steps * count; index++) {
    HLS_PIPELINE(1)
    if (part == 0) word = words.read();
    parts.write(part_t(word));
    word = word >> part_t::width;
    part = part == count - 1 ? 0 : int(part) + 1;
  }
}

}  // namespace asn
#endif
