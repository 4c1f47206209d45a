// compress: the second process of a layer. Packed words of P counts become events; zeros are skipped; one event
// a cycle, and a word without spikes costs one cycle.
//
// Config C: lanes, groups, time_steps, count_t, output_event (Event<...>), group_count_t (0..groups).
#ifndef ASN_COMPRESS_H
#define ASN_COMPRESS_H

#include "event.h"
#include "scanner.h"

#include <hls_stream.h>

namespace asn {

template <class C>
HLS_INLINE void compress_step(hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts,
                              hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  typedef typename event_t::address_t address_t;
  Scanner<C::lanes, C::count_t::width, event_t::address_bits> scanner;
  scanner.word = 0;
  scanner.pending = 0;
  typename C::group_count_t groups_read = 0;
  address_t next_address = 0;   // of lane 0 of the word to be read next
  address_t first_address = 0;  // of lane 0 of the word being scanned
  while (true) {
    HLS_PIPELINE(1)
    if (scanner.pending == 0) {
      if (groups_read == C::groups) break;
      scanner.load(counts.read());
      first_address = next_address;
      next_address = next_address + C::lanes;
      groups_read = groups_read + 1;
    }
    const bool spikes = scanner.pending != 0;
    address_t lane;
    typename C::count_t count;
    scanner.take(lane, count);
    if (spikes) events.write(event_t::spike(first_address + lane, count));
  }
  events.write(event_t::end_of_step());
}

template <class C>
HLS_INLINE void compress(hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts,
                         hls::stream<typename C::output_event::word_t>& events) {
  for (int step = 0; step < C::time_steps; step++) compress_step<C>(counts, events);
}

}  // namespace asn
#endif
