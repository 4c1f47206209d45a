// fork: the events (or currents) of one layer for two readers or more; each takes every word, at its own speed.
#ifndef ASN_FORK_H
#define ASN_FORK_H

#include "engine.h"

#include <hls_stream.h>

namespace asn {

template <class WORD>
HLS_INLINE void write_all(const WORD&) {}

template <class WORD, class... Others>
HLS_INLINE void write_all(const WORD& word, hls::stream<WORD>& first, Others&... others) {
  first.write(word);
  write_all(word, others...);
}

// The words up to the last end of step of an inference. Config C: steps, output_event (Event<...>).
template <class C, class... Streams>
HLS_INLINE void fork(hls::stream<typename C::output_event::word_t>& events, Streams&... copies) {
  for (int step = 0; step < C::steps; step++) {
    bool end = false;
    while (!end) {
      HLS_PIPELINE(1)
      const typename C::output_event::word_t word = events.read();
      end = C::output_event::unpack(word).end;
      write_all(word, copies...);
    }
  }
}

// The packed words of currents of one inference. Config C: words.
template <class C, class WORD, class... Streams>
HLS_INLINE void fork_words(hls::stream<WORD>& currents, Streams&... copies) {
  for (int index = 0; index < C::words; index++) {
    HLS_PIPELINE(1)
    const WORD word = currents.read();
    write_all(word, copies...);
  }
}

}  // namespace asn
#endif
