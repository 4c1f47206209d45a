// The first argument of gather_with_currents in its four forms: with or without a stream of its own sums for readers of
// currents, and with or without the current of another layer that its sums start from. See gather.h.
#ifndef ASN_MAPS_POPULATION_H
#define ASN_MAPS_POPULATION_H

#include "expand.h"
#include "fire_steps.h"
#include "frame.h"
#include "gather.h"
#include "window.h"

namespace asn {

template <class C, class CURRENTS, class... P>
HLS_INLINE void gather_and_send(hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                                typename P::stream_t&... streams) {
  NoCurrent carried;
  gather_with_currents<C, hls::stream<typename C::counts_word_t>, CURRENTS, NoCurrent, P...>(counts, currents, carried,
                                                                                             streams...);
}

template <class C, class CARRIED, class... P>
HLS_INLINE void gather_onto(hls::stream<typename C::counts_word_t>& counts, CARRIED& carried,
                            typename P::stream_t&... streams) {
  Nothing currents;
  gather_with_currents<C, hls::stream<typename C::counts_word_t>, Nothing, CARRIED, P...>(counts, currents, carried,
                                                                                          streams...);
}

template <class C, class CURRENTS, class CARRIED, class... P>
HLS_INLINE void gather_onto_and_send(hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                                     CARRIED& carried, typename P::stream_t&... streams) {
  gather_with_currents<C, hls::stream<typename C::counts_word_t>, CURRENTS, CARRIED, P...>(counts, currents, carried,
                                                                                           streams...);
}

}  // namespace asn
#endif
