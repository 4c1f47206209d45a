// integrate: for each event, add count * weight to every neuron, one group of P lanes a cycle, until the end of
// the time step. One flat loop, so that the next event follows without a gap.
//
// The same group comes back after `groups` iterations at the earliest; HLS_DEPENDENCE_DISTANCE says so.
//
// Config C: lanes, groups, input_event (Event<...>), weight_t, acc_t, group_index_t (0..groups-1),
//           row_index_t (0..inputs*groups-1), weights (ROM of lanes * weight_t::width bits a row,
//           row = address * groups + group).
#ifndef ASN_INTEGRATE_H
#define ASN_INTEGRATE_H

#include "event.h"
#include "lanes.h"

#include <hls_stream.h>

namespace asn {

// acc word + count * weight word, lane by lane.
template <class C, int ACC_BITS, int WEIGHT_BITS>
HLS_INLINE ap_uint<ACC_BITS> accumulate(const ap_uint<ACC_BITS>& acc,
                                        const ap_uint<WEIGHT_BITS>& weights,
                                        const typename C::input_event::count_t& count) {
  ap_uint<ACC_BITS> result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < C::lanes; lane++) {
    HLS_UNROLL_INSIDE
    typename C::acc_t sum = get_lane<typename C::acc_t>(acc, lane);
    sum += get_lane<typename C::weight_t>(weights, lane) * count;
    put_lane(result, lane, sum);
  }
  return result;
}

template <class C>
HLS_INLINE void integrate(hls::stream<typename C::input_event::word_t>& events,
                          ap_uint<C::lanes * C::acc_t::width> acc[C::groups]) {
  typedef typename C::input_event event_t;
  event_t event = event_t::unpack(0);
  typename C::group_index_t group = 0;
  typename C::row_index_t row = 0;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(acc, C::groups)
    if (group == 0) {
      event = event_t::unpack(events.read());
      row = event.address * ap_uint<32>(C::groups);
    }
    if (event.end) break;
    const ap_uint<C::lanes * C::weight_t::width> weights =
        rom_word<typename C::weights, C::lanes * C::weight_t::width>(row);
    acc[group] = accumulate<C>(acc[group], weights, event.count);
    group = group == C::groups - 1 ? 0 : int(group) + 1;
    row = row + 1;
  }
}

}  // namespace asn
#endif
