// What the sums of an output pixel are made of: one projection for each stream that gather reads. Each
// brings, for an output pixel, group and time step, some words; of a word, `addend` is what it adds to a
// lane's sum, and `pair_addend` what it adds to a pair of lanes (accumulators.h).
//
// A frame is sent once and meant at each time step; projections that read frames come first.
//
// Config C: see gather.h. Config P: is_frame, shift, products_in_dsp, weight_t, weights (ROM of lanes *
//           weight_t::width bits a row), and what stands at each kind.
#ifndef ASN_MAPS_PROJECTIONS_H
#define ASN_MAPS_PROJECTIONS_H

#include "../lanes.h"
#include "accumulators.h"
#include "map_event.h"
#include "token.h"

namespace asn {

// (weight * count) << shift
template <class C, class P, class COUNT>
HLS_INLINE typename C::acc_t weighted(const typename P::weight_t& weight, const COUNT& count) {
  const ap_int<P::weight_t::width + COUNT::width + 1> product = weight * count;
  if (P::products_in_dsp) {
    HLS_PRODUCT_DSP(product)
  }
  return typename C::acc_t(product) << P::shift;
}

// A pair of products of one count, by one multiplication.
template <class C, class P, class COUNT>
HLS_INLINE Pair<C> weighted_pair(const typename P::weight_t& even, const typename P::weight_t& odd,
                                 const COUNT& count) {
  const ap_int<C::acc_t::width + P::weight_t::width> weights =
      (ap_int<C::acc_t::width + P::weight_t::width>(odd) << C::acc_t::width) + even;
  const Pair<C> product = weights * count;
  HLS_PRODUCT_DSP(product)
  return product << P::shift;
}

// Events of a convolution (expand.h), each for all lanes: acc[lane] += (weights[row][lane] * count) << shift.
//
// Config P: event_t (Expanded<TOKEN>); row of the ROM: group * event_t::rows + that of the event.
template <class C, class P>
struct Gathered {
  typedef typename P::event_t event_t;
  typedef typename event_t::stream_t stream_t;
  typedef ap_uint<bits_for(event_t::rows * C::groups)> row_t;
  static const bool is_frame = P::is_frame;

  event_t event;
  ap_uint<C::lanes * P::weight_t::width> weights;

  HLS_INLINE Gathered() { event.count = 0; }

  HLS_INLINE void read(stream_t& events, const ap_uint<bits_for(C::groups)>& group) {
    event = event_t::unpack(events.read());
    const row_t row = group * ap_uint<bits_for(event_t::rows + 1)>(event_t::rows) + event.row;
    weights = rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
  }

  HLS_INLINE bool last() const { return event.last; }
  HLS_INLINE typename C::acc_t addend(int lane) const {
    return weighted<C, P>(get_lane<typename P::weight_t>(weights, lane), event.count);
  }
  HLS_INLINE Pair<C> pair_addend(int pair) const {
    return weighted_pair<C, P>(get_lane<typename P::weight_t>(weights, 2 * pair),
                               get_lane<typename P::weight_t>(weights, 2 * pair + 1), event.count);
  }
};

// A depthwise convolution: the tokens of a window (token.h) with as many lanes, each channel for itself:
// acc[lane] += (weights[place][lane] * count[lane]) << shift.
//
// Config P: token_t (of windows with conv_groups = out_groups = groups of the input, scan_lanes = lanes); row
//           of the ROM: group * taps + tap.
template <class C, class P>
struct Depthwise {
  typedef typename P::token_t token_t;
  typedef typename token_t::stream_t stream_t;
  typedef typename token_t::count_t count_t;
  static const int places = token_t::places;
  typedef ap_uint<bits_for(places * C::groups)> row_t;
  static const bool is_frame = P::is_frame;

  token_t token;
  ap_uint<C::lanes * P::weight_t::width> weights;

  HLS_INLINE Depthwise() {}

  HLS_INLINE void read(stream_t& tokens, const ap_uint<bits_for(C::groups)>& group) {
    token = token_t::unpack(tokens.read());
    const row_t row = group * ap_uint<bits_for(places + 1)>(places) + token.place;
    weights = rom_word<typename P::weights, C::lanes * P::weight_t::width>(row);
  }

  HLS_INLINE bool last() const { return token.last; }
  HLS_INLINE typename C::acc_t addend(int lane) const {
    const typename C::acc_t product =
        weighted<C, P>(get_lane<typename P::weight_t>(weights, lane), get_lane<count_t>(token.counts, lane));
    return token.empty ? typename C::acc_t(0) : product;
  }
  HLS_INLINE Pair<C> pair_addend(int pair) const { return paired<C>(addend(2 * pair), addend(2 * pair + 1)); }
};

// The map itself, pixel by pixel and channel by channel, as in x + f(x): acc[lane] += (weights[0][lane] *
// count[lane]) << shift.
//
// Config P: input (config M of raster.h, with the shape and lanes of the output); row of the ROM: group.
template <class C, class P>
struct PixelByPixel {
  typedef typename P::input::stream_t stream_t;
  typedef typename P::input::count_t count_t;
  static const bool is_frame = P::is_frame;

  typename P::input::word_t counts;
  ap_uint<C::lanes * P::weight_t::width> weights;

  HLS_INLINE PixelByPixel() {}

  HLS_INLINE void read(stream_t& words, const ap_uint<bits_for(C::groups)>& group) {
    counts = words.read();
    weights = rom_word<typename P::weights, C::lanes * P::weight_t::width>(C::groups == 1 ? 0 : int(group));
  }

  HLS_INLINE bool last() const { return true; }
  HLS_INLINE typename C::acc_t addend(int lane) const {
    return weighted<C, P>(get_lane<typename P::weight_t>(weights, lane), get_lane<count_t>(counts, lane));
  }
  HLS_INLINE Pair<C> pair_addend(int pair) const { return paired<C>(addend(2 * pair), addend(2 * pair + 1)); }
};

// All projections of a population, of which one is read at a time; none, where its sums are a current alone.
template <class C, class... P>
struct Projections {
  static const int frames = 0;

  HLS_INLINE void read(int, const ap_uint<bits_for(C::groups)>&) {}
  HLS_INLINE bool last(int) const { return true; }
  HLS_INLINE typename C::acc_t addend(int, int) const { return 0; }
  HLS_INLINE Pair<C> pair_addend(int, int) const { return 0; }
};

template <class C, class P, class... Others>
struct Projections<C, P, Others...> {
  static const bool is_last = sizeof...(Others) == 0;  // the one that remains if it is no other
  static const int frames = (P::is_frame ? 1 : 0) + Projections<C, Others...>::frames;  // that read frames

  P first;
  Projections<C, Others...> others;

  HLS_INLINE void read(int which, const ap_uint<bits_for(C::groups)>& group, typename P::stream_t& stream,
                       typename Others::stream_t&... streams) {
    if (which == 0) first.read(stream, group);
    others.read(which - 1, group, streams...);
  }
  HLS_INLINE bool last(int which) const {
    return is_last || which == 0 ? first.last() : others.last(which - 1);
  }
  HLS_INLINE typename C::acc_t addend(int which, int lane) const {
    return is_last || which == 0 ? first.addend(lane) : others.addend(which - 1, lane);
  }
  HLS_INLINE Pair<C> pair_addend(int which, int pair) const {
    return is_last || which == 0 ? first.pair_addend(pair) : others.pair_addend(which - 1, pair);
  }
};

}  // namespace asn
#endif
