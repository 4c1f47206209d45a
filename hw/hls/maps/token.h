// What a window sends: each word that holds a count, with its place in the kernel's window, for one output
// pixel, output group and time step after the other. { end | empty | last | place | counts }
//
// place: tap * walked_units + unit, with the taps of a window row by row.
// last:  of this pixel, group and time step. empty: there is no count; it is then the only token, and counts
//        mean nothing. end: last of all tokens of an inference.
//
// PLACES: of a window, for one output group. LANES: of a word or the part of one that a token carries.
#ifndef ASN_MAPS_TOKEN_H
#define ASN_MAPS_TOKEN_H

#include "geometry.h"

namespace asn {

template <int PLACES, int LANES, class COUNT>
struct Token {
  static const int places = PLACES;
  static const int lanes = LANES;
  static const int counts_bits = LANES * COUNT::width;
  static const int place_bits = bits_for(PLACES);
  typedef COUNT count_t;
  typedef ap_uint<counts_bits> counts_t;
  typedef ap_uint<place_bits> place_t;
  typedef ap_uint<3 + place_bits + counts_bits> word_t;
  typedef hls::stream<word_t> stream_t;

  counts_t counts;
  place_t place;
  bool last, empty, end;

  HLS_INLINE word_t packed() const {
    const ap_uint<3> flags = (ap_uint<3>(end) << 2) | (ap_uint<3>(empty) << 1) | ap_uint<3>(last);
    return (word_t(flags) << (place_bits + counts_bits)) | (word_t(place) << counts_bits) | word_t(counts);
  }

  static HLS_INLINE Token unpack(const word_t& word) {
    Token token;
    token.counts = word;
    token.place = word.range(counts_bits + place_bits - 1, counts_bits);
    token.last = word[counts_bits + place_bits] == 1;
    token.empty = word[counts_bits + place_bits + 1] == 1;
    token.end = word[counts_bits + place_bits + 2] == 1;
    return token;
  }
};

// The tokens of windows of config W.
template <class W>
using TokenOf = Token<Geometry<W>::places, W::scan_lanes, typename W::input::count_t>;

}  // namespace asn
#endif
