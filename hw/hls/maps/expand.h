// expand: tokens of a window become events, one count that is not zero a cycle. An event's row is
// tap * channels + channel, with the channels that one output group reads, those without a lane included.
//
// Config W: see window.h.
#ifndef ASN_MAPS_EXPAND_H
#define ASN_MAPS_EXPAND_H

#include "../scanner.h"
#include "map_event.h"
#include "token.h"

namespace asn {

// The events of a window.
template <class W>
using Expanded = MapEvent<Geometry<W>::places * W::scan_lanes, typename W::input::count_t>;

template <class W>
HLS_INLINE void expand(typename Token<W>::stream_t& tokens, typename Expanded<W>::stream_t& events) {
  const int lane_bits = bits_for(W::scan_lanes);
  typedef typename W::input::count_t count_t;
  Scanner<W::scan_lanes, count_t::width, lane_bits> scanner;
  scanner.pending = 0;
  bool last = false;  // of the word that is being scanned
  bool end = false;
  bool holds = false;  // there is such a word
  typename Expanded<W>::row_t first_row = 0;
  while (true) {
    HLS_PIPELINE(1)
    const bool sends = holds;
    ap_uint<lane_bits> lane;
    ap_uint<count_t::width> count;
    scanner.take(lane, count);
    const bool scanned = scanner.pending == 0;
    const bool ends = sends && scanned && end;
    const typename Expanded<W>::word_t event = Expanded<W>::packed(count, first_row + lane, last && scanned);
    if (scanned && !ends) {  // the next word, while the last lane of this one leaves
      const Token<W> token = Token<W>::unpack(tokens.read());
      scanner.load(token.counts);
      if (token.empty) scanner.pending = 0;
      first_row = token.place * ap_uint<bits_for(W::scan_lanes + 1)>(W::scan_lanes);
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
