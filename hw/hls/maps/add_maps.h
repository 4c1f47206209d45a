// add_maps: the counts of two maps of equal shape, added up, lane by lane.
//
// Config A: first, second (configs M of raster.h), count_t (of a sum), word_t, stream_t (of the output).
#ifndef ASN_MAPS_ADD_MAPS_H
#define ASN_MAPS_ADD_MAPS_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class A>
HLS_INLINE void add_maps(typename A::first::stream_t& first, typename A::second::stream_t& second,
                         typename A::stream_t& sums) {
  typedef typename A::first M;
  for (int index = 0; index < M::height * M::width * M::groups * M::time_steps; index++) {
    HLS_PIPELINE(1)
    const typename A::first::word_t a = first.read();
    const typename A::second::word_t b = second.read();
    typename A::word_t sum = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < M::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename A::count_t total = get_lane<typename A::first::count_t>(a, lane) +
                                        get_lane<typename A::second::count_t>(b, lane);
      put_lane(sum, lane, total);
    }
    sums.write(sum);
  }
}

}  // namespace asn
#endif
