// A spike on its way from one layer to the next: { end : 1 | address : ADDRESS_BITS | count : COUNT_BITS }.
// `end` closes a time step; address and count are then zero and mean nothing. Where a layer takes several at a time,
// a word holds several: see Several.
#ifndef ASN_EVENT_H
#define ASN_EVENT_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

template <int ADDRESS_BITS, int COUNT_BITS, class COUNT>
struct EventOf {
  static const int in_word = 1;
  static const int address_bits = ADDRESS_BITS;
  static const int count_bits = COUNT_BITS;
  typedef ap_uint<1 + ADDRESS_BITS + COUNT_BITS> word_t;
  typedef ap_uint<ADDRESS_BITS> address_t;
  typedef ap_uint<COUNT_BITS> bits_t;  // of a count
  typedef COUNT count_t;

  bool end;
  address_t address;
  count_t count;

  static HLS_INLINE EventOf unpack(const word_t& word) {
    EventOf event;
    event.end = word[ADDRESS_BITS + COUNT_BITS] == 1;
    event.address = word.range(ADDRESS_BITS + COUNT_BITS - 1, COUNT_BITS);
    event.count = count_of(word.range(COUNT_BITS - 1, 0));
    return event;
  }

  HLS_INLINE address_t address_at(int) const { return address; }
  HLS_INLINE count_t count_at(int) const { return count; }

  // The number that the bits of a count stand for.
  static HLS_INLINE count_t count_of(const bits_t& bits) { return count_t(bits); }

  static HLS_INLINE word_t spike(address_t address, bits_t count) {
    return (word_t(address) << COUNT_BITS) | word_t(count);
  }

  static HLS_INLINE word_t end_of_step() { return word_t(1) << (ADDRESS_BITS + COUNT_BITS); }
};

// Counts are not negative, or two's complement.
template <int ADDRESS_BITS, int COUNT_BITS>
using Event = EventOf<ADDRESS_BITS, COUNT_BITS, ap_uint<COUNT_BITS> >;

template <int ADDRESS_BITS, int COUNT_BITS>
using SignedEvent = EventOf<ADDRESS_BITS, COUNT_BITS, ap_int<COUNT_BITS> >;

// EVENTS of them in a word, { end : 1 | address and count of each }, the one with the lowest address in the low bits.
// A place without an event has count 0, whatever its address, so that it adds nothing.
template <class EVENT, int EVENTS>
struct Several {
  static const int in_word = EVENTS;
  static const int address_bits = EVENT::address_bits;
  static const int count_bits = EVENT::count_bits;
  static const int place_bits = address_bits + count_bits;
  typedef ap_uint<1 + EVENTS * place_bits> word_t;
  typedef typename EVENT::address_t address_t;
  typedef typename EVENT::bits_t bits_t;
  typedef typename EVENT::count_t count_t;

  bool end;
  ap_uint<EVENTS * place_bits> places;

  static HLS_INLINE Several unpack(const word_t& word) {
    Several events;
    events.end = word[EVENTS * place_bits] == 1;
    events.places = word;
    return events;
  }

  HLS_INLINE address_t address_at(int place) const {
    return places.range((place + 1) * place_bits - 1, place * place_bits + count_bits);
  }
  HLS_INLINE count_t count_at(int place) const {
    return EVENT::count_of(places.range(place * place_bits + count_bits - 1, place * place_bits));
  }

  static HLS_INLINE count_t count_of(const bits_t& bits) { return EVENT::count_of(bits); }

  static HLS_INLINE word_t end_of_step() { return word_t(1) << (EVENTS * place_bits); }
};

// Take the next events of a word of lanes: as many as a word of events holds.
template <class SCANNER>
HLS_INLINE void take_burst(SCANNER& scanner, typename SCANNER::index_t (&lanes)[1],
                           typename SCANNER::count_t (&counts)[1]) {
  scanner.take(lanes[0], counts[0]);
}
template <class SCANNER>
HLS_INLINE void take_burst(SCANNER& scanner, typename SCANNER::index_t (&lanes)[2],
                           typename SCANNER::count_t (&counts)[2]) {
  scanner.take(lanes, counts);
}

// The event in place number `place` of a word that has none there yet.
template <class EVENT>
HLS_INLINE void put_event(typename EVENT::word_t& word, int place, const typename EVENT::address_t& address,
                          const typename EVENT::bits_t& count) {
  typedef typename EVENT::word_t word_t;
  const word_t event = (word_t(address) << EVENT::count_bits) | word_t(count);
  word |= event << (place * (EVENT::address_bits + EVENT::count_bits));
}

}  // namespace asn
#endif
