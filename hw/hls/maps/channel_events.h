// channel_events: a raster stream becomes the events of a layer with one synapse for each element, or of scores:
// addresses ascend in the order in which torch flattens a map, channel * pixels + pixel. The map is kept as a
// whole, and then looked through channel by channel, an element a cycle; the next inference waits until then.
//
// Config E: as that of map_events.h.
#ifndef ASN_MAPS_CHANNEL_EVENTS_H
#define ASN_MAPS_CHANNEL_EVENTS_H

#include "../event.h"
#include "../lanes.h"
#include "raster.h"

namespace asn {

template <class E>
HLS_INLINE void channel_events(typename E::input::stream_t& words,
                               hls::stream<typename E::output_event::word_t>& events) {
  typedef typename E::input M;
  typedef typename E::output_event event_t;
  const int pixels = M::height * M::width;
  const int elements = E::channels * pixels;
  const int pixel_words = M::groups * M::time_steps;
  const int map_words = pixels * pixel_words;
  static typename M::word_t map[map_words];
  for (int index = 0; index < map_words; index++) {
    HLS_PIPELINE(1)
    map[index] = words.read();
  }
  ap_uint<bits_for(elements + 1)> element = 0;  // `elements` at the end of a time step
  ap_uint<bits_for(pixels)> pixel = 0;
  ap_uint<bits_for(M::lanes)> lane = 0;
  ap_uint<bits_for(map_words)> first = 0;  // word of this channel and time step in the first pixel
  ap_uint<bits_for(map_words + pixel_words)> place = 0;
  ap_uint<bits_for(M::time_steps)> step = 0;
  for (int count = 0; count < M::time_steps * (elements + 1); count++) {
    HLS_PIPELINE(1)
    const bool ends = element == elements;
    const typename M::word_t word = map[ends ? 0 : int(place)];
    const ap_uint<M::count_t::width> found = get_lane<ap_uint<M::count_t::width> >(word, int(lane));
    const typename event_t::word_t event =
        ends ? event_t::end_of_step() : event_t::spike(typename event_t::address_t(element), found);
    if (ends || found != 0) events.write(event);
    const bool channel_ends = pixel == pixels - 1;
    const bool word_ends = lane == M::lanes - 1;
    if (ends) {
      step = step + 1;
      element = 0;
      pixel = 0;
      lane = 0;
      first = step;
      place = step;
    } else if (channel_ends) {
      element = element + 1;
      pixel = 0;
      lane = word_ends ? 0 : int(lane) + 1;
      if (word_ends) first = first + M::time_steps;
      place = first;
    } else {
      element = element + 1;
      pixel = pixel + 1;
      place = place + pixel_words;
    }
  }
}

}  // namespace asn
#endif
