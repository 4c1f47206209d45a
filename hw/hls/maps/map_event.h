// A count on its way to the kernels that add it up: { last | row | count }. row: of the weights, of this
// output group.
// last: of this output pixel, group and time step; where there is no count, the only event has a count of 0.
#ifndef ASN_MAPS_MAP_EVENT_H
#define ASN_MAPS_MAP_EVENT_H

#include "raster.h"

namespace asn {

template <int ROWS, class COUNT>
struct MapEvent {
  static const int rows = ROWS;
  static const int row_bits = bits_for(ROWS);
  static const int count_bits = COUNT::width;
  typedef COUNT count_t;
  typedef ap_uint<row_bits> row_t;
  typedef ap_uint<1 + row_bits + count_bits> word_t;
  typedef hls::stream<word_t> stream_t;

  count_t count;
  row_t row;
  bool last;

  static HLS_INLINE word_t packed(const ap_uint<count_bits>& count, const row_t& row, bool last) {
    return (word_t(last) << (row_bits + count_bits)) | (word_t(row) << count_bits) | word_t(count);
  }

  static HLS_INLINE MapEvent unpack(const word_t& word) {
    MapEvent event;
    event.count = count_t(word.range(count_bits - 1, 0));
    event.row = word.range(row_bits + count_bits - 1, count_bits);
    event.last = word[row_bits + count_bits] == 1;
    return event;
  }
};

}  // namespace asn
#endif
