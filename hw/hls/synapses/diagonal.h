// One synapse for each neuron: acc[address] += (w[address] * count) << shift, as in x + f(x). Addresses ascend
// within a time step, so the groups are walked through once: a cycle for each event and one for each group.
//
// Config C: see sums.h.
// Config P: shift, is_frame, input_event (Event<...>), weight_t, weights (ROM of one weight a neuron).
#ifndef ASN_SYNAPSES_DIAGONAL_H
#define ASN_SYNAPSES_DIAGONAL_H

#include "../event.h"
#include "../sums.h"

#include <hls_stream.h>

namespace asn {

template <class C, class P>
struct Diagonal {
  typedef typename P::input_event event_t;
  typedef hls::stream<typename event_t::word_t> stream_t;
  static const bool is_frame = P::is_frame;

  // After it, acc holds the sums of all groups.
  static HLS_INLINE void integrate(stream_t& events, typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    event_t event = event_t::unpack(events.read());
    typename C::group_index_t group = 0;
    ap_uint<event_t::address_bits + 1> first = 0;  // address of lane 0 of the group
    typename C::acc_word_t sums = empty ? start_of<C>(held, held_empty, 0) : acc[0];
    while (true) {
      HLS_PIPELINE(1)
      HLS_INDEPENDENT(acc)
      const ap_uint<event_t::address_bits + 1> lane = event.address - first;
      if (!event.end && lane < C::lanes) {
        sums = with_event(sums, event, int(lane));
        event = event_t::unpack(events.read());
      } else {
        acc[group] = sums;
        if (group == C::groups - 1) break;
        group = group + 1;
        first = first + C::lanes;
        sums = empty ? start_of<C>(held, held_empty, group) : acc[group];
      }
    }
    empty = false;
  }

 private:
  static HLS_INLINE typename C::acc_word_t with_event(const typename C::acc_word_t& sums,
                                                      const event_t& event, int index) {
    const typename P::weight_t weight = rom_word<typename P::weights, P::weight_t::width>(event.address);
    const typename C::acc_t product = weight * event.count;
    typename C::acc_word_t result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      typename C::acc_t sum = get_lane<typename C::acc_t>(sums, lane);
      if (lane == index) sum += product << P::shift;
      put_lane(result, lane, sum);
    }
    return result;
  }
};

}  // namespace asn
#endif
