// expand: tokens of a window become events, one count that is not zero a cycle. An event's row is
// tap * channels + channel, with the channels that one output group reads, those without a lane included.
//
// TOKEN: see token.h.
#ifndef ASN_MAPS_EXPAND_H
#define ASN_MAPS_EXPAND_H

#include "../scanner.h"
#include "map_event.h"
#include "token.h"

namespace asn {

// The events of a window.
template <class TOKEN>
using Expanded = MapEvent<TOKEN::places * TOKEN::lanes, typename TOKEN::count_t>;

template <class TOKEN>
HLS_INLINE void expand(typename TOKEN::stream_t& tokens, typename Expanded<TOKEN>::stream_t& events) {
  const int lane_bits = bits_for(TOKEN::lanes);
  typedef typename TOKEN::count_t count_t;
  Scanner<TOKEN::lanes, count_t::width, lane_bits> scanner;
  scanner.pending = 0;
  bool last = false;  // of the word that is being scanned
  bool end = false;
  bool holds = false;  // there is such a word
  typename Expanded<TOKEN>::row_t first_row = 0;
  while (true) {
    HLS_PIPELINE(1)
    const bool sends = holds;
    ap_uint<lane_bits> lane;
    ap_uint<count_t::width> count;
    const bool scanned = scanner.ends_after(1);
    scanner.take(lane, count);
    const bool ends = sends && scanned && end;
    const typename Expanded<TOKEN>::word_t event = Expanded<TOKEN>::packed(count, first_row + lane, last && scanned);
    if (scanned && !ends) {  // the next word, while the last lane of this one leaves
      const TOKEN token = TOKEN::unpack(tokens.read());
      scanner.load(token.counts);
      if (token.empty) scanner.pending = 0;
      first_row = token.place * ap_uint<bits_for(TOKEN::lanes + 1)>(TOKEN::lanes);
      last = token.last;
      end = token.end;
      holds = true;
    }
    if (sends) events.write(event);
    if (ends) break;
  }
}

}  // namespace asn
#endif
