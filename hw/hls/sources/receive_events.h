// receive_events: events from outside, one to a 32-bit word { end : 1 | 0 | address | count }, end in bit 31.
//
// Config C: time_steps, output_event (Event<...>).
#ifndef ASN_SOURCES_RECEIVE_EVENTS_H
#define ASN_SOURCES_RECEIVE_EVENTS_H

#include "../axis.h"
#include "../event.h"

namespace asn {

template <class C>
HLS_INLINE void receive_events(AxisStream<32>& words,
                               hls::stream<typename C::output_event::word_t>& events) {
  typedef typename C::output_event event_t;
  const int count_bits = event_t::count_bits;
  const int address_bits = event_t::address_bits;
  for (int step = 0; step < C::time_steps; step++) {
    bool end = false;
    while (!end) {
      HLS_PIPELINE(1)
      ap_uint<32> word = axis_data<32>(words.read());
      end = word[31] == 1;
      typename event_t::address_t address = word.range(count_bits + address_bits - 1, count_bits);
      typename event_t::count_t count = word.range(count_bits - 1, 0);
      events.write(end ? event_t::end_of_step() : event_t::spike(address, count));
    }
  }
}

}  // namespace asn
#endif
