// integrate: for each event, add count * weight to every neuron, one group of P lanes a cycle, until the end of
// the time step. One flat loop, so that the next event follows without a gap.
//
// The first event overwrites what `acc` held, so nothing has to be cleared and no reset can leave a sum behind.
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

// empty: on entry, acc holds no sum of this inference yet; on return, it still holds none.
template <class C>
HLS_INLINE void integrate(hls::stream<typename C::input_event::word_t>& events,
                          ap_uint<C::lanes * C::acc_t::width> acc[C::groups], bool& empty) {
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
    const ap_uint<C::lanes * C::acc_t::width> sums =
        empty ? ap_uint<C::lanes * C::acc_t::width>(0) : acc[group];
    acc[group] = accumulate<C>(sums, weights, event.count);
    if (group == C::groups - 1) empty = false;
    group = group == C::groups - 1 ? 0 : int(group) + 1;
    row = row + 1;
  }
}

// The sums of one group; without any event they are zero, whatever acc holds.
template <class C>
HLS_INLINE ap_uint<C::lanes * C::acc_t::width> sums_of(
    const ap_uint<C::lanes * C::acc_t::width> acc[C::groups], bool empty, int group) {
  return empty ? ap_uint<C::lanes * C::acc_t::width>(0) : acc[group];
}

}  // namespace asn
#endif
