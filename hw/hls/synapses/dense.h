// Dense synapses: acc[j] += (W[j, address] * count) << shift for the neurons j of all groups, one group a cycle;
// events and groups form one flat loop, so that the next event follows without a gap.
//
// The same group comes back after `groups` iterations at the earliest; HLS_DEPENDENCE_DISTANCE says so.
//
// Config C: see sums.h.
// Config P: shift, is_frame, products_in_dsp, input_event (Event<...> or Several<...>), weight_t, row_index_t
//           (0..inputs*groups-1), weights (ROM of lanes * weight_t::width bits a row, row = address * groups + group;
//           where sums are paired, the upper weights of pairs are less the borrow; then events come one by one).
#ifndef ASN_SYNAPSES_DENSE_H
#define ASN_SYNAPSES_DENSE_H

#include "../event.h"
#include "../sums.h"

#include <hls_stream.h>

namespace asn {

// sum + (weight * count) << shift
template <class P, class SUM, class WEIGHT, class COUNT>
HLS_INLINE SUM with_product(const SUM& sum, const WEIGHT& weight, const COUNT& count) {
  const ap_int<WEIGHT::width + COUNT::width> product = weight * count;
  if (P::products_in_dsp) {
    HLS_PRODUCT_DSP(product)
  }
  return P::shift == 0 ? SUM(sum + product) : SUM(sum + (SUM(product) << P::shift));
}

// Sums (`start` where they are empty) + (count * weight word) << shift, lane by lane or pair by pair.
template <class C, class P, int WEIGHT_BITS, class COUNT>
HLS_INLINE typename C::acc_word_t accumulate(const typename C::acc_word_t& own, bool empty,
                                             const typename C::acc_word_t& start,
                                             const ap_uint<WEIGHT_BITS>& weights, const COUNT& count) {
  typedef typename C::acc_t sum_t;
  typedef ap_int<2 * sum_t::width> pair_t;
  typedef typename P::weight_t weight_t;
  const int pairs = C::paired ? C::lanes / 2 : 0;
  typename C::acc_word_t result = 0;
  HLS_UNROLL_BEFORE
  for (int pair = 0; pair < pairs; pair++) {
    HLS_UNROLL_INSIDE
    const ap_int<sum_t::width + weight_t::width> both = pair_of_halves<sum_t::width>(
        get_lane<weight_t>(weights, 2 * pair), get_lane<weight_t>(weights, 2 * pair + 1));
    put_lane(result, pair, with_product<P>(lane_sum<C, pair_t>(own, empty, start, pair), both, count));
  }
  HLS_UNROLL_BEFORE
  for (int lane = 2 * pairs; lane < C::lanes; lane++) {
    HLS_UNROLL_INSIDE
    const sum_t sum = lane_sum<C, sum_t>(own, empty, start, lane);
    put_lane(result, lane, with_product<P>(sum, get_lane<weight_t>(weights, lane), count));
  }
  return result;
}

// The same for the events of one word: their products are added first, so that a sum still takes one addition a cycle.
// rows: of the weights of each event.
template <class C, class P, int EVENTS>
struct Addition {
  typedef typename P::input_event event_t;
  typedef ap_uint<C::lanes * P::weight_t::width> weights_t;
  typedef ap_int<P::weight_t::width + event_t::count_t::width> product_t;
  typedef ap_int<product_t::width + EVENTS - 1> total_t;

  static HLS_INLINE typename C::acc_word_t to(const typename C::acc_word_t& own, bool empty,
                                              const typename C::acc_word_t& start,
                                              const typename P::row_index_t rows[EVENTS], const event_t& events) {
    weights_t weights[EVENTS];
    HLS_UNROLL_BEFORE
    for (int place = 0; place < EVENTS; place++) {
      HLS_UNROLL_INSIDE
      weights[place] = rom_word<typename P::weights, weights_t::width>(rows[place]);
    }
    typename C::acc_word_t result = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      typename C::acc_t sum = lane_sum<C, typename C::acc_t>(own, empty, start, lane);
      sum += typename C::acc_t(products(weights, events, lane)) << P::shift;
      put_lane(result, lane, sum);
    }
    return result;
  }

 private:
  static HLS_INLINE total_t products(const weights_t weights[EVENTS], const event_t& events, int lane) {
    total_t total = 0;
    HLS_UNROLL_BEFORE
    for (int place = 0; place < EVENTS; place++) {
      HLS_UNROLL_INSIDE
      const product_t product = get_lane<typename P::weight_t>(weights[place], lane) * events.count_at(place);
      if (P::products_in_dsp) {
        HLS_PRODUCT_DSP(product)
      }
      total += product;
    }
    return total;
  }
};

template <class C, class P>
struct Addition<C, P, 1> {
  static HLS_INLINE typename C::acc_word_t to(const typename C::acc_word_t& own, bool empty,
                                              const typename C::acc_word_t& start,
                                              const typename P::row_index_t rows[1],
                                              const typename P::input_event& event) {
    const ap_uint<C::lanes * P::weight_t::width> weights =
        rom_word<typename P::weights, C::lanes * P::weight_t::width>(rows[0]);
    return accumulate<C, P>(own, empty, start, weights, event.count);
  }
};

template <class C, class P>
struct Dense {
  typedef typename P::input_event event_t;
  typedef hls::stream<typename event_t::word_t> stream_t;
  static const bool is_frame = P::is_frame;

  // empty: on entry, acc holds no sum of this time step yet; on return, it still holds none.
  static HLS_INLINE void integrate(stream_t& events, typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    integrate_steps<1>(events, acc, empty, held, held_empty);
  }

  // The same of several time steps whose sums are not told apart.
  template <int STEPS>
  static HLS_INLINE void integrate_steps(stream_t& events, typename C::acc_word_t acc[C::groups], bool& empty,
                                         const typename C::acc_word_t held[C::groups], bool held_empty) {
    event_t event;
    ap_uint<11> ended = 0;
    typename C::group_index_t group = 0;
    typename P::row_index_t rows[event_t::in_word];
    while (true) {
      HLS_PIPELINE(1)
      HLS_DEPENDENCE_DISTANCE(acc, C::groups)
      if (group == 0) {
        event = event_t::unpack(events.read());
        HLS_UNROLL_BEFORE
        for (int place = 0; place < event_t::in_word; place++) {
          HLS_UNROLL_INSIDE
          rows[place] = event.address_at(place) * ap_uint<32>(C::groups);
        }
      }
      if (event.end) {
        if (STEPS == 1 || ended == STEPS - 1) break;
        ended = ended + 1;
      } else {
        const typename C::acc_word_t start = start_of<C>(held, held_empty, group);
        acc[group] = Addition<C, P, event_t::in_word>::to(acc[group], empty, start, rows, event);
        if (group == C::groups - 1) empty = false;
        group = group == C::groups - 1 ? 0 : int(group) + 1;
        HLS_UNROLL_BEFORE
        for (int place = 0; place < event_t::in_word; place++) {
          HLS_UNROLL_INSIDE
          rows[place] = rows[place] + 1;
        }
      }
    }
  }
};

}  // namespace asn
#endif
