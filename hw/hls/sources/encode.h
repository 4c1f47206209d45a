// A frame of uint8 pixels, several to a word, becomes one event per non-zero pixel, then one end: load_pixels takes
// a word a cycle and drops those without a pixel, encode finds the pixels in the others, as many a cycle as a word of
// events holds. Between them
// words wait in a FIFO, so that neither a bright line nor a dark one holds up the other process.
// Where counts have fewer bits than a pixel, its low bits are the count and those above are ignored.
//
// Config C: pixels, pixels_in_word (a power of two), lane_t (0..pixels_in_word-1), words (of a frame),
//           output_event (Event<...>, count_bits 1..8), word_index_t (0..words-1),
//           pixels_t: { last : 1 | index of the word | a count for each of its pixels }.
#ifndef ASN_SOURCES_ENCODE_H
#define ASN_SOURCES_ENCODE_H

#include "../axis.h"
#include "../event.h"
#include "../scanner.h"

namespace asn {

// The low COUNT_BITS bits of each of the PIXELS pixels, side by side.
template <int PIXELS, int COUNT_BITS>
HLS_INLINE ap_uint<PIXELS * COUNT_BITS> counts_of_pixels(const ap_uint<8 * PIXELS>& pixels) {
  ap_uint<PIXELS * COUNT_BITS> counts = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < PIXELS; lane++) {
    HLS_UNROLL_INSIDE
    const ap_uint<COUNT_BITS> count = get_lane<ap_uint<8> >(pixels, lane);
    put_lane(counts, lane, count);
  }
  return counts;
}

// The words of a frame that hold a pixel, and the last one, which may not.
template <class C>
HLS_INLINE void load_pixels(AxisStream<8 * C::pixels_in_word>& pixels, hls::stream<typename C::pixels_t>& found) {
  const int word_bits = 8 * C::pixels_in_word;
  const int padding = C::words * word_bits - 8 * C::pixels;  // bits of the last word that are no pixels
  const int count_bits = C::pixels_in_word * C::output_event::count_bits;
  for (int index = 0; index < C::words; index++) {
    HLS_PIPELINE(1)
    const bool last = index == C::words - 1;
    ap_uint<word_bits> word = axis_data<word_bits>(pixels.read());
    if (last) word &= ~ap_uint<word_bits>(0) >> padding;
    const ap_uint<count_bits> counts = counts_of_pixels<C::pixels_in_word, C::output_event::count_bits>(word);
    const typename C::pixels_t place = typename C::word_index_t(index);
    const typename C::pixels_t end = last;
    if (last || counts != 0) {
      found.write((end << (C::pixels_t::width - 1)) | (place << count_bits) | typename C::pixels_t(counts));
    }
  }
}

template <class C>
HLS_INLINE void encode(hls::stream<typename C::pixels_t>& found,
                       hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  typedef typename event_t::address_t address_t;
  const int count_bits = C::pixels_in_word * event_t::count_bits;
  Scanner<C::pixels_in_word, event_t::count_bits, C::lane_t::width> scanner;
  scanner.pending = 0;
  bool last = false;
  address_t first_pixel = 0;  // address of lane 0 of the word being scanned
  while (true) {
    HLS_PIPELINE(1)
    const bool spikes = scanner.pending != 0;
    if (!spikes && last) break;
    typename C::lane_t lanes[event_t::in_word];
    typename event_t::bits_t counts[event_t::in_word];
    const bool scanned = scanner.ends_after(event_t::in_word);
    take_burst(scanner, lanes, counts);
    typename event_t::word_t burst = 0;
    HLS_UNROLL_BEFORE
    for (int place = 0; place < event_t::in_word; place++) {
      HLS_UNROLL_INSIDE
      put_event<event_t>(burst, place, first_pixel | address_t(lanes[place]), counts[place]);
    }
    if (spikes) events.write(burst);
    if (scanned && !last) {  // the next word, while the last pixel of this one leaves
      const typename C::pixels_t word = found.read();
      scanner.load(ap_uint<count_bits>(word));
      first_pixel = address_t(word.range(C::pixels_t::width - 2, count_bits)) << C::lane_t::width;
      last = word[C::pixels_t::width - 1] == 1;
    }
  }
  events.write(event_t::end_of_step());
}

}  // namespace asn
#endif
