// product: a map times a mask, element by element. A channel of the mask serves `share` channels of the map, side by
// side, and a mask of one pixel all pixels. A word of the map a cycle; what the mask has for several words is kept.
//
// A word of the mask belongs to `repeats` words of the map (and a time step), one after the other, and holds the
// channels of the mask that one of these meets: lane l of the map meets lane l / share.
//
// Config P: map, mask, output (configs M of raster.h; map and output alike but for the counts), share, repeats,
//           one_pixel (whether the mask has one).
#ifndef ASN_MAPS_PRODUCT_H
#define ASN_MAPS_PRODUCT_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class P>
HLS_INLINE typename P::output::word_t products_of(const typename P::map::word_t& word,
                                                  const typename P::mask::word_t& mask) {
  typedef typename P::map M;
  typedef typename P::output::count_t product_t;
  typename P::output::word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < M::lanes; lane++) {
    HLS_UNROLL_INSIDE
    const int met = smaller_of(lane / P::share, P::mask::lanes - 1);
    const product_t product =
        get_lane<typename M::count_t>(word, lane) * get_lane<typename P::mask::count_t>(mask, met);
    put_lane(result, lane, product);
  }
  return result;
}

template <class P>
HLS_INLINE void product(typename P::map::stream_t& map, typename P::mask::stream_t& masks,
                        typename P::output::stream_t& products) {
  typedef typename P::map M;
  const int held_words = (P::one_pixel ? int(P::mask::groups) : 1) * M::time_steps;
  const bool is_held = P::one_pixel || P::repeats > 1;
  const int pixel_words = M::groups * M::time_steps;
  static typename P::mask::word_t held[held_words];
  ap_uint<bits_for(M::time_steps)> step = 0;
  ap_uint<bits_for(P::repeats)> repeat = 0;  // of the mask's word
  ap_uint<bits_for(M::groups)> group = 0;    // of the map
  ap_uint<bits_for(held_words)> first = 0;   // of the words that are held, that of the first time step
  bool is_new_pixel = true;                  // of the mask
  for (int index = 0; index < M::height * M::width * pixel_words; index++) {
    HLS_PIPELINE(1)
    HLS_BYPASS(held)
    const typename M::word_t word = map.read();
    const int place = held_words == 1 ? 0 : int(ap_uint<bits_for(held_words)>(first + step));
    typename P::mask::word_t mask = is_held ? held[place] : typename P::mask::word_t(0);
    const bool reads = is_new_pixel && repeat == 0;
    if (reads) mask = masks.read();
    if (reads && is_held) held[place] = mask;
    products.write(products_of<P>(word, mask));

    const bool is_last_group = group == M::groups - 1;
    const bool steps_end = step == M::time_steps - 1;
    const bool repeats_end = steps_end && (is_last_group || repeat == P::repeats - 1);
    const bool pixel_ends = steps_end && is_last_group;
    step = steps_end ? 0 : int(step) + 1;
    if (steps_end) repeat = repeats_end ? 0 : int(repeat) + 1;
    if (steps_end) group = is_last_group ? 0 : int(group) + 1;
    if (P::one_pixel && repeats_end) first = is_last_group ? 0 : int(first) + int(M::time_steps);
    if (P::one_pixel && pixel_ends) is_new_pixel = false;
  }
}

}  // namespace asn
#endif
