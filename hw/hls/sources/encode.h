// encode: a frame of uint8 pixels, four to a 32-bit word, becomes one event per non-zero pixel, then one end.
// Where counts have fewer bits than a pixel, its low bits are the count and those above are ignored.
//
// Config C: pixels, words (= ceil(pixels / 4)), output_event (Event<...>, count_bits 1..8),
//           word_index_t (counts 0..words).
#ifndef ASN_SOURCES_ENCODE_H
#define ASN_SOURCES_ENCODE_H

#include "../axis.h"
#include "../event.h"
#include "../scanner.h"

namespace asn {

// The low COUNT_BITS bits of each of the four pixels, side by side.
template <int COUNT_BITS>
HLS_INLINE ap_uint<4 * COUNT_BITS> counts_of_pixels(const ap_uint<32>& pixels) {
  ap_uint<4 * COUNT_BITS> counts = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < 4; lane++) {
    HLS_UNROLL_INSIDE
    const ap_uint<COUNT_BITS> count = get_lane<ap_uint<8> >(pixels, lane);
    put_lane(counts, lane, count);
  }
  return counts;
}

template <class C>
HLS_INLINE void encode(AxisStream& pixels, hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  typedef typename event_t::address_t address_t;
  Scanner<4, event_t::count_bits, 2> scanner;
  scanner.word = 0;
  scanner.pending = 0;
  typename C::word_index_t words_read = 0;
  address_t first_pixel = 0;  // address of lane 0 of the word being scanned
  while (true) {
    HLS_PIPELINE(1)
    if (scanner.pending == 0) {
      if (words_read == C::words) break;
      ap_uint<32> word = axis_data(pixels.read());
      if (words_read == C::words - 1 && C::pixels % 4 != 0) {
        word &= (1u << (C::pixels % 4 * 8)) - 1;  // padding is not a pixel
      }
      scanner.load(counts_of_pixels<event_t::count_bits>(word));
      first_pixel = address_t(words_read) << 2;
      words_read = words_read + 1;
    }
    const bool spikes = scanner.pending != 0;
    ap_uint<2> lane;
    typename event_t::bits_t count;
    scanner.take(lane, count);
    if (spikes) events.write(event_t::spike(first_pixel | address_t(lane), count));
  }
  events.write(event_t::end_of_step());
}

}  // namespace asn
#endif
