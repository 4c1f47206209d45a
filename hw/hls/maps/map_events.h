// map_events: a raster stream becomes the events of a dense layer (../event.h), one count that is not zero a
// cycle; a word without counts takes one cycle. Addresses ascend: pixel * channels + channel. Events come
// time step by time step, so sort_steps stands before it where there are several: it lets the words of the
// first step through and keeps the others until the map is complete. Then those leave, and the next inference
// waits; the FIFO before sort_steps is as long as the map if layers are to overlap.
//
// Config E: input (config M of raster.h), channels (of the map: in the last group, lanes beyond them are left
//           out of addresses), output_event (Event<...> or SignedEvent<...>).
#ifndef ASN_MAPS_MAP_EVENTS_H
#define ASN_MAPS_MAP_EVENTS_H

#include "../event.h"
#include "../scanner.h"
#include "raster.h"

namespace asn {

// Words of an inference, those of the first time step first.
template <class E>
HLS_INLINE void sort_steps(typename E::input::stream_t& words, typename E::input::stream_t& sorted) {
  typedef typename E::input M;
  const int step_words = M::height * M::width * M::groups;
  const int later_words = (M::time_steps - 1) * step_words;
  static typename M::word_t later[later_words];
  ap_uint<bits_for(M::time_steps)> step = 0;
  ap_uint<bits_for(step_words)> index = 0;  // of the word, in its time step
  ap_uint<bits_for(later_words + step_words)> place = 0;
  for (int count = 0; count < step_words + later_words; count++) {
    HLS_PIPELINE(1)
    const typename M::word_t word = words.read();
    if (step == 0) sorted.write(word);
    if (step != 0) later[place - step_words] = word;
    const bool ends = step == M::time_steps - 1;
    step = ends ? 0 : int(step) + 1;
    place = ends ? ap_uint<bits_for(later_words + step_words)>(index + 1)
                 : ap_uint<bits_for(later_words + step_words)>(place + step_words);
    if (ends) index = index + 1;
  }
  for (int count = 0; count < later_words; count++) {
    HLS_PIPELINE(1)
    sorted.write(later[count]);
  }
}

template <class E>
HLS_INLINE void map_events(typename E::input::stream_t& words,
                           hls::stream<typename E::output_event::word_t>& events) {
  typedef typename E::input M;
  typedef typename E::output_event event_t;
  typedef typename event_t::address_t address_t;
  const int step_words = M::height * M::width * M::groups;
  const int last_lanes = E::channels - (M::groups - 1) * M::lanes;
  Scanner<M::lanes, M::count_t::width, event_t::address_bits> scanner;
  scanner.pending = 0;
  ap_uint<bits_for(step_words + 1)> words_read = 0;  // of this time step
  ap_uint<bits_for(M::groups)> group = 0;            // of the next word
  ap_uint<bits_for(M::time_steps)> step = 0;
  address_t first = 0;  // address of lane 0 of the word that is scanned, and of the next one
  address_t next = 0;
  while (true) {
    HLS_PIPELINE(1)
    const bool spikes = scanner.pending != 0;
    const bool ends = !spikes && words_read == step_words;
    address_t lane;
    typename event_t::bits_t count;
    const bool scanned = scanner.ends_after(1);
    scanner.take(lane, count);
    const typename event_t::word_t event =
        ends ? event_t::end_of_step() : event_t::spike(first + lane, count);
    if (scanned && words_read != step_words) {  // while the last lane of a word leaves
      scanner.load(words.read());
      words_read = words_read + 1;
      first = next;
      const bool pixel_ends = group == M::groups - 1;
      next = next + (pixel_ends ? last_lanes : int(M::lanes));
      group = pixel_ends ? 0 : int(group) + 1;
    }
    if (spikes || ends) events.write(event);
    if (!ends) continue;
    if (step == M::time_steps - 1) break;
    step = step + 1;
    words_read = 0;
    next = 0;
  }
}

}  // namespace asn
#endif
