// compress: the second process of a layer. Packed words of counts become events; zeros are skipped; as many events
// a cycle as a word of events holds, all of them of one word of counts, and a word without spikes costs one cycle, so
// does the first word of each time step.
//
// Config C: fire_lanes, fire_groups, time_steps, count_t, counts_word_t, output_event (Event<...>), fire_count_t
//           (0..fire_groups), step_index_t (0..time_steps-1).
#ifndef ASN_COMPRESS_H
#define ASN_COMPRESS_H

#include "event.h"
#include "scanner.h"

#include <hls_stream.h>

namespace asn {

template <class C>
HLS_INLINE void compress(hls::stream<typename C::counts_word_t>& counts,
                         hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  typedef typename event_t::address_t address_t;
  Scanner<C::fire_lanes, C::count_t::width, event_t::address_bits> scanner;
  scanner.pending = 0;
  typename C::fire_count_t words_read = 0;
  typename C::step_index_t step = 0;
  while (true) {
    HLS_PIPELINE(1)
    const bool all_read = words_read == C::fire_groups;
    const bool spikes = scanner.pending != 0;
    const bool ends = !spikes && all_read;
    const address_t first_address = (words_read - 1) * C::fire_lanes;  // of lane 0 of the scanned word
    address_t lanes[event_t::in_word];
    typename event_t::bits_t found[event_t::in_word];
    const bool scanned = scanner.ends_after(event_t::in_word);
    take_burst(scanner, lanes, found);
    typename event_t::word_t burst = 0;
    HLS_UNROLL_BEFORE
    for (int place = 0; place < event_t::in_word; place++) {
      HLS_UNROLL_INSIDE
      put_event<event_t>(burst, place, first_address + lanes[place], found[place]);
    }
    if (scanned && !all_read) {  // the next word, while the last lane of this one leaves
      scanner.load(counts.read());
      words_read = words_read + 1;
    }
    const typename event_t::word_t event = ends ? event_t::end_of_step() : burst;
    if (spikes || ends) events.write(event);
    if (ends && step == C::time_steps - 1) break;
    if (ends) {
      words_read = 0;
      step = step + 1;
    }
  }
}

}  // namespace asn
#endif
