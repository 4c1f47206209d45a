// integrate_fire: the first process of a layer. Per inference: for each time step integrate its events, then
// fire all groups. A frame (static_input) is integrated once and fired at every time step. Nothing is carried
// from one inference to the next.
//
// Config C: time_steps, static_input, and what integrate.h and fire.h ask for.
#ifndef ASN_INTEGRATE_FIRE_H
#define ASN_INTEGRATE_FIRE_H

#include "fire.h"
#include "integrate.h"

namespace asn {

template <class C>
HLS_INLINE void integrate_fire_stateless(
    hls::stream<typename C::input_event::word_t>& events,
    hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts) {
  static ap_uint<C::lanes * C::acc_t::width> acc[C::groups];
  bool empty = true;
  for (int step = 0; step < C::time_steps; step++) {
    if (!C::static_input) empty = true;
    if (step == 0 || !C::static_input) integrate<C>(events, acc, empty);
    fire_stateless<C>(acc, empty, counts);
  }
}

template <class C>
HLS_INLINE void integrate_fire_stateful(
    hls::stream<typename C::input_event::word_t>& events,
    hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts) {
  static ap_uint<C::lanes * C::acc_t::width> acc[C::groups];
  static ap_uint<C::lanes * C::state_t::width> membrane[C::groups];
  bool empty = true;
  for (int step = 0; step < C::time_steps; step++) {
    if (!C::static_input) empty = true;
    if (step == 0 || !C::static_input) integrate<C>(events, acc, empty);
    fire_stateful<C>(acc, empty, membrane, step == 0, counts);
  }
}

}  // namespace asn
#endif
