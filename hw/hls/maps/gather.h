// gather: the sums of an output pixel's channels in registers, and neurons that fire when they are complete. For each
// output pixel, output group and time step the events of every projection are added, one projection after the other,
// one event a cycle; then a word of counts leaves. No memory is read and written, so nothing has to wait for a sum.
//
// Config C: lanes, groups, time_steps, acc_t, counts_word_t (lanes * count_t of the neuron), neuron (config N of
//           ../neurons/thresholds.h).
// Projections P: Gathered<...> and others with the same members: one for each stream, in the order of the streams.
#ifndef ASN_MAPS_GATHER_H
#define ASN_MAPS_GATHER_H

#include "../lanes.h"
#include "../neurons/thresholds.h"
#include "map_event.h"

namespace asn {

// Events of a window (expand.h): acc[lane] += (weight[row, lane] * count) << shift.
//
// Config P: event_t (Expanded<W>), shift, products_in_dsp, weight_t, weights (ROM of lanes * weight_t::width bits a row,
//           row = group * event_t::rows + the event's row).
template <class C, class P>
struct Gathered {
  typedef typename P::event_t event_t;
  typedef typename event_t::stream_t stream_t;
  typedef ap_uint<bits_for(event_t::rows * C::groups)> row_t;
  typedef ap_int<P::weight_t::width + event_t::count_bits + 1> product_t;

  event_t event;
  ap_uint<C::lanes * P::weight_t::width> weights;

  HLS_INLINE void read(stream_t& events, const ap_uint<bits_for(C::groups)>& group) {
    event = event_t::unpack(events.read());
    const row_t row = group * ap_uint<bits_for(event_t::rows + 1)>(event_t::rows) + event.row;
    weights = rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
  }

  HLS_INLINE bool last() const { return event.last; }
  HLS_INLINE bool end() const { return event.end; }

  HLS_INLINE typename C::acc_t addend(int lane) const {
    const product_t product = get_lane<typename P::weight_t>(weights, lane) * event.count;
    if (P::products_in_dsp) {
      HLS_PRODUCT_DSP(product)
    }
    return typename C::acc_t(product) << P::shift;
  }
};

// All projections of a population, of which one is read at a time.
template <class C, class... P>
struct Projections {
  HLS_INLINE void read(int, const ap_uint<bits_for(C::groups)>&) {}
  HLS_INLINE bool last(int) const { return false; }
  HLS_INLINE bool end(int) const { return false; }
  HLS_INLINE typename C::acc_t addend(int, int) const { return 0; }
};

template <class C, class P, class... Others>
struct Projections<C, P, Others...> {
  P first;
  Projections<C, Others...> others;
  static const bool is_only = sizeof...(Others) == 0;

  HLS_INLINE void read(int which, const ap_uint<bits_for(C::groups)>& group, typename P::stream_t& stream,
                       typename Others::stream_t&... streams) {
    if (is_only || which == 0) first.read(stream, group);
    others.read(which - 1, group, streams...);
  }
  HLS_INLINE bool last(int which) const { return is_only || which == 0 ? first.last() : others.last(which - 1); }
  HLS_INLINE bool end(int which) const { return is_only ? first.end() : others.end(which - 1); }
  HLS_INLINE typename C::acc_t addend(int which, int lane) const {
    return is_only || which == 0 ? first.addend(lane) : others.addend(which - 1, lane);
  }
};

template <class C, class... P>
HLS_INLINE void gather(hls::stream<typename C::counts_word_t>& counts, typename P::stream_t&... streams) {
  typedef typename C::neuron N;
  const int count = sizeof...(P);
  ap_uint<C::lanes * C::acc_t::width> acc;  // without a first value: registers need no reset
  Projections<C, P...> projections;
  bool fresh = true;  // nothing is added yet
  ap_uint<bits_for(count)> which = 0;
  ap_uint<bits_for(C::time_steps)> step = 0;
  ap_uint<bits_for(C::groups)> group = 0;
  while (true) {
    HLS_PIPELINE(1)
    projections.read(which, group, streams...);
    const Thresholds<N, C::lanes> thresholds(C::groups == 1 ? 0 : int(group));
    ap_uint<C::lanes * C::acc_t::width> sums = 0;
    typename C::counts_word_t fired = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename C::acc_t before = get_lane<typename C::acc_t>(acc, lane);
      typename C::acc_t sum = fresh ? typename C::acc_t(0) : before;
      sum += projections.addend(which, lane);
      put_lane(sums, lane, sum);
      put_lane(fired, lane, thresholds.count_of(sum, lane));
    }
    acc = sums;
    const bool projection_ends = projections.last(which);
    const bool complete = projection_ends && which == count - 1;
    fresh = complete;
    if (complete) counts.write(fired);
    if (projections.end(which)) break;
    if (projection_ends) which = complete ? 0 : int(which) + 1;
    if (complete) {
      const bool group_ends = step == C::time_steps - 1;
      step = group_ends ? 0 : int(step) + 1;
      if (group_ends) group = group == C::groups - 1 ? 0 : int(group) + 1;
    }
  }
}

}  // namespace asn
#endif
