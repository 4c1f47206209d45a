// A spike on its way from one layer to the next: { end : 1 | address : ADDRESS_BITS | count : COUNT_BITS }.
// `end` closes a time step; address and count are then zero and mean nothing.
#ifndef ASN_EVENT_H
#define ASN_EVENT_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

template <int ADDRESS_BITS, int COUNT_BITS, class COUNT>
struct EventOf {
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

}  // namespace asn
#endif
