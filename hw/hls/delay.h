// delay: the events of a layer, each neuron's some time steps later, as packed words of counts; compress makes events of
// these. A ring holds the counts of the time steps to come, lane by lane; a word that is sent leaves zeros.
// delay_in_loop: the same of a layer that depends on what is sent: what is due at a time step leaves before its events
// are taken, all of which have a delay of 1 or more.
//
// Config C: as in compress.h, and input_event (Event<...>), slot_bits (2^slot_bits time steps in the ring), delays (ROM
//           of slot_bits for each neuron, or NoRom), delay (that of all neurons, where there is no ROM), lane_bits
//           (fire_lanes is 2^lane_bits), ring_index_t (0..fire_groups*2^slot_bits-1), fill (the count that stands for
//           0: what a neuron sends until its delay is over), fills (ROM of fire_lanes * slot_bits, the delays word by
//           word, if fill is not 0; else NoRom).
#ifndef ASN_DELAY_H
#define ASN_DELAY_H

#include "event.h"
#include "lanes.h"

#include <hls_stream.h>

namespace asn {

// What the ring holds at first of a word of neurons, `slot` time steps ahead.
template <class C>
HLS_INLINE typename C::count_t first_count(const ap_uint<C::fire_lanes * C::slot_bits>& delays, int slot, int lane) {
  const bool waits = slot < get_lane<ap_uint<C::slot_bits> >(delays, lane);
  return waits ? typename C::count_t(C::fill) : typename C::count_t(0);
}

template <class C, bool SENDS_FIRST>
HLS_INLINE void delay_events(hls::stream<typename C::input_event::word_t>& events,
                             hls::stream<typename C::counts_word_t>& counts) {
  typedef typename C::input_event event_t;
  typedef ap_uint<C::slot_bits> slot_t;
  const int slots = 1 << C::slot_bits;
  typename C::count_t ring[C::fire_lanes][C::fire_groups * slots];
  HLS_SEPARATE_SLICES(ring)
  for (int place = 0; place < C::fire_groups * slots; place++) {
    HLS_PIPELINE(1)
    const ap_uint<C::fire_lanes * C::slot_bits> delays =
        rom_word<typename C::fills, C::fire_lanes * C::slot_bits>(place >> C::slot_bits);
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::fire_lanes; lane++) {
      HLS_UNROLL_INSIDE
      ring[lane][place] = first_count<C>(delays, place & (slots - 1), lane);
    }
  }
  bool sends = SENDS_FIRST;  // what is due leaves
  typename C::fire_count_t word = 0;
  typename C::step_index_t step = 0;
  slot_t now = 0;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(ring, 2)
    event_t event = event_t::unpack(0);
    if (!sends) event = event_t::unpack(events.read());
    const slot_t delay = C::delay + int(rom_word<typename C::delays, C::slot_bits>(event.address));
    const int group = sends ? int(word) : int(event.address >> C::lane_bits);
    const slot_t slot = sends ? now : slot_t(now + delay);
    const typename C::ring_index_t place = (typename C::ring_index_t(group) << C::slot_bits) | slot;
    typename C::counts_word_t packed = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::fire_lanes; lane++) {
      HLS_UNROLL_INSIDE
      put_lane(packed, lane, ring[lane][place]);
      const bool is_its = C::fire_lanes == 1 || (event.address & (C::fire_lanes - 1)) == lane;
      if (sends || (is_its && !event.end)) {
        ring[lane][place] = sends ? typename C::count_t(0) : typename C::count_t(event.count);
      }
    }
    if (sends) counts.write(packed);
    const bool sent = sends && word == C::fire_groups - 1;
    const bool ended = !sends && event.end;
    const bool done = SENDS_FIRST ? ended : sent;  // with the time step
    if (done && step == C::time_steps - 1) break;
    word = sent || !sends ? 0 : int(word) + 1;
    if (done) {
      step = step + 1;
      now = now + 1;
    }
    if (sent || ended) sends = !sends;
  }
}

template <class C>
HLS_INLINE void delay(hls::stream<typename C::input_event::word_t>& events,
                      hls::stream<typename C::counts_word_t>& counts) {
  delay_events<C, false>(events, counts);
}

template <class C>
HLS_INLINE void delay_in_loop(hls::stream<typename C::input_event::word_t>& events,
                              hls::stream<typename C::counts_word_t>& counts) {
  delay_events<C, true>(events, counts);
}

}  // namespace asn
#endif
