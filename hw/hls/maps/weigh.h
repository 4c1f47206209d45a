// weigh: counts of a map times the weight of their pixel, which is that of its row times that of its column. A
// mean whose windows hold fewer positions at the border is such a product over one number.
//
// Config Q: map (config M of raster.h, of what is read and sent), row_bits, column_bits (of a weight), row_weights,
//           column_weights (ROMs of a weight for each row and column).
#ifndef ASN_MAPS_WEIGH_H
#define ASN_MAPS_WEIGH_H

#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class Q>
HLS_INLINE void weigh(typename Q::map::stream_t& words, typename Q::map::stream_t& weighed) {
  typedef typename Q::map M;
  typedef typename M::count_t count_t;
  typedef ap_uint<Q::row_bits + Q::column_bits> weight_t;
  const int pixel_words = M::groups * M::time_steps;
  ap_uint<bits_for(pixel_words)> word = 0;
  ap_uint<bits_for(M::width)> column = 0;
  ap_uint<bits_for(M::height)> row = 0;
  for (int count = 0; count < M::height * M::width * pixel_words; count++) {
    HLS_PIPELINE(1)
    const weight_t weight = rom_word<typename Q::row_weights, Q::row_bits>(row) *
                            rom_word<typename Q::column_weights, Q::column_bits>(column);
    const typename M::word_t read = words.read();
    typename M::word_t result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < M::lanes; lane++) {
      HLS_UNROLL_INSIDE
      put_lane(result, lane, count_t(get_lane<count_t>(read, lane) * weight));
    }
    weighed.write(result);
    const bool pixel_ends = word == pixel_words - 1;
    const bool row_ends = pixel_ends && column == M::width - 1;
    word = pixel_ends ? 0 : int(word) + 1;
    if (pixel_ends) column = row_ends ? 0 : int(column) + 1;
    if (row_ends) row = row + 1;
  }
}

}  // namespace asn
#endif
