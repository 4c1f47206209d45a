// Dense synapses: acc[j] += (W[j, address] * count) << shift for the neurons j of all groups, one group a cycle;
// events and groups form one flat loop, so that the next event follows without a gap.
//
// The same group comes back after `groups` iterations at the earliest; HLS_DEPENDENCE_DISTANCE says so.
//
// Config C: see sums.h.
// Config P: shift, is_frame, products_in_dsp, input_event (Event<...>), weight_t, row_index_t (0..inputs*groups-1),
//           weights (ROM of lanes * weight_t::width bits a row, row = address * groups + group).
#ifndef ASN_SYNAPSES_DENSE_H
#define ASN_SYNAPSES_DENSE_H

#include "../event.h"
#include "../sums.h"

#include <hls_stream.h>

namespace asn {

// Sums (`start` where they are empty) + (count * weight word) << shift, lane by lane.
template <class C, class P, int WEIGHT_BITS, class COUNT>
HLS_INLINE typename C::acc_word_t accumulate(const typename C::acc_word_t& own, bool empty,
                                             const typename C::acc_word_t& start,
                                             const ap_uint<WEIGHT_BITS>& weights, const COUNT& count) {
  typename C::acc_word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int lane = 0; lane < C::lanes; lane++) {
    HLS_UNROLL_INSIDE
    typename C::acc_t sum = lane_sum<C>(own, empty, start, lane);
    const ap_int<P::weight_t::width + COUNT::width> product = get_lane<typename P::weight_t>(weights, lane) * count;
    if (P::products_in_dsp) {
      HLS_PRODUCT_DSP(product)
    }
    if (P::shift == 0) {
      sum += product;
    } else {
      sum += typename C::acc_t(product) << P::shift;
    }
    put_lane(result, lane, sum);
  }
  return result;
}

template <class C, class P>
struct Dense {
  typedef typename P::input_event event_t;
  typedef hls::stream<typename event_t::word_t> stream_t;
  static const bool is_frame = P::is_frame;

  // empty: on entry, acc holds no sum of this time step yet; on return, it still holds none.
  static HLS_INLINE void integrate(stream_t& events, typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    event_t event;
    typename C::group_index_t group = 0;
    typename P::row_index_t row;
    while (true) {
      HLS_PIPELINE(1)
      HLS_DEPENDENCE_DISTANCE(acc, C::groups)
      if (group == 0) {
        event = event_t::unpack(events.read());
        row = event.address * ap_uint<32>(C::groups);
      }
      if (event.end) break;
      const ap_uint<C::lanes * P::weight_t::width> weights =
          rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
      const typename C::acc_word_t start = start_of<C>(held, held_empty, group);
      acc[group] = accumulate<C, P>(acc[group], empty, start, weights, event.count);
      if (group == C::groups - 1) empty = false;
      group = group == C::groups - 1 ? 0 : int(group) + 1;
      row = row + 1;
    }
  }
};

}  // namespace asn
#endif
