// Units that work side by side on one map: unit u of U has the columns u, u + U, u + 2 U, ... of each row.
// deal: the words of a map for the units that have their columns; collect: the words of the units as one map.
//
// Config D: out_height, out_width, pixel_words (of each pixel), all of the whole map.
#ifndef ASN_MAPS_COLUMNS_H
#define ASN_MAPS_COLUMNS_H

#include "../engine.h"
#include "raster.h"

#include <hls_stream.h>

namespace asn {

// The unit whose word is next, where words come in raster order.
template <class D, int UNITS>
struct Column {
  ap_uint<bits_for(UNITS)> unit;
  ap_uint<bits_for(D::pixel_words)> word;
  ap_uint<bits_for(D::out_width)> x;

  HLS_INLINE Column() : unit(0), word(0), x(0) {}

  HLS_INLINE void next() {
    const bool pixel_ends = word == D::pixel_words - 1;
    const bool row_ends = x == D::out_width - 1;
    word = pixel_ends ? 0 : int(word) + 1;
    if (!pixel_ends) return;
    x = row_ends ? 0 : int(x) + 1;
    unit = row_ends || unit == UNITS - 1 ? 0 : int(unit) + 1;
  }
};

template <class WORD>
HLS_INLINE void write_to(int, const WORD&) {}

// To one of the streams.
template <class WORD, class... Others>
HLS_INLINE void write_to(int which, const WORD& word, hls::stream<WORD>& first, Others&... others) {
  if (which == 0) first.write(word);
  write_to(which - 1, word, others...);
}

template <class WORD>
HLS_INLINE void read_from(int, WORD&) {}

// Of one of the streams.
template <class WORD, class... Others>
HLS_INLINE void read_from(int which, WORD& word, hls::stream<WORD>& first, Others&... others) {
  if (which == 0) word = first.read();
  read_from(which - 1, word, others...);
}

template <class D, class WORD, class... Streams>
HLS_INLINE void deal(hls::stream<WORD>& words, Streams&... units) {
  Column<D, sizeof...(Streams)> column;
  for (int index = 0; index < D::out_height * D::out_width * D::pixel_words; index++) {
    HLS_PIPELINE(1)
    write_to(column.unit, words.read(), units...);
    column.next();
  }
}

template <class D, class WORD, class... Streams>
HLS_INLINE void collect(hls::stream<WORD>& words, Streams&... units) {
  Column<D, sizeof...(Streams)> column;
  for (int index = 0; index < D::out_height * D::out_width * D::pixel_words; index++) {
    HLS_PIPELINE(1)
    WORD word = 0;
    read_from(column.unit, word, units...);
    words.write(word);
    column.next();
  }
}

}  // namespace asn
#endif
