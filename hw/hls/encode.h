// encode: a frame of uint8 pixels, four to a 32-bit word, becomes one event per non-zero pixel, then one end.
//
// Config C: pixels, words (= ceil(pixels / 4)), output_event (Event<...>, count_bits 8),
//           word_index_t (counts 0..words).
#ifndef ASN_ENCODE_H
#define ASN_ENCODE_H

#include "axis.h"
#include "event.h"
#include "scanner.h"

namespace asn {

template <class C>
HLS_INLINE void encode(AxisStream& pixels, hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  typedef typename event_t::address_t address_t;
  Scanner<4, 8, 2> scanner;
  scanner.word = 0;
  scanner.pending = 0;
  typename C::word_index_t words_read = 0;
  address_t first_pixel = 0;  // address of lane 0 of the word being scanned
  while (true) {
    HLS_PIPELINE(1)
    if (scanner.pending == 0) {
      if (words_read == C::words) break;
      ap_uint<32> word = pixels.read().data;
      if (words_read == C::words - 1 && C::pixels % 4 != 0) {
        word &= (1u << (C::pixels % 4 * 8)) - 1;  // padding is not a pixel
      }
      scanner.load(word);
      first_pixel = address_t(words_read) << 2;
      words_read = words_read + 1;
    }
    const bool spikes = scanner.pending != 0;
    ap_uint<2> lane;
    ap_uint<8> count;
    scanner.take(lane, count);
    if (spikes) events.write(event_t::spike(first_pixel | address_t(lane), count));
  }
  events.write(event_t::end_of_step());
}

}  // namespace asn
#endif
