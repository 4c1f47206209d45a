// A spike on its way from one layer to the next: { end : 1 | address : ADDRESS_BITS | count : COUNT_BITS }.
// `end` closes a time step; address and count are then zero and mean nothing.
#ifndef ASN_EVENT_H
#define ASN_EVENT_H

#include "engine.h"

#include <ap_int.h>

namespace asn {

template <int ADDRESS_BITS, int COUNT_BITS>
struct Event {
  static const int address_bits = ADDRESS_BITS;
  static const int count_bits = COUNT_BITS;
  typedef ap_uint<1 + ADDRESS_BITS + COUNT_BITS> word_t;
  typedef ap_uint<ADDRESS_BITS> address_t;
  typedef ap_uint<COUNT_BITS> count_t;

  bool end;
  address_t address;
  count_t count;

  static HLS_INLINE Event unpack(const word_t& word) {
    Event event;
    event.end = word[ADDRESS_BITS + COUNT_BITS] == 1;
    event.address = word.range(ADDRESS_BITS + COUNT_BITS - 1, COUNT_BITS);
    event.count = word.range(COUNT_BITS - 1, 0);
    return event;
  }

  static HLS_INLINE word_t spike(address_t address, count_t count) {
    return (word_t(address) << COUNT_BITS) | word_t(count);
  }

  static HLS_INLINE word_t end_of_step() { return word_t(1) << (ADDRESS_BITS + COUNT_BITS); }
};

}  // namespace asn
#endif
