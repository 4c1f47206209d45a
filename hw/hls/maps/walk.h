// Where a window is, which of its tokens are sent, and where it goes next.
#ifndef ASN_MAPS_WALK_H
#define ASN_MAPS_WALK_H

#include "../choice.h"
#include "../scanner.h"
#include "token.h"
#include "view.h"

namespace asn {

template <class W>
struct Walk {
  typedef typename W::input M;
  typedef Geometry<W> G;
  typedef ap_uint<bits_for(G::ring_words)> address_t;
  static const int inner_groups = W::out_groups / W::conv_groups;
  static const int most_missing = larger_of(1 + G::strips - W::out_width, G::first_strip + 1);

  bool walking;                             // there is a window, and not all of its tokens are sent
  typename View<W>::places_t pending;       // places whose token is not sent
  ap_uint<W::kernel_width> inside;          // columns of the kernel that are inside of the map
  ap_uint<bits_for(M::time_steps)> step;    // time step
  ap_uint<bits_for(inner_groups)> inner;    // output group, of those that read the same inputs
  ap_uint<bits_for(W::conv_groups)> outer;  // which inputs those are
  address_t here;                           // in the ring: this phase's first word of the window's first pixel
  address_t next;                           // the same of the next window
  ap_uint<bits_for(W::out_width)> x;        // of the next window
  ap_uint<bits_for(W::out_height + 1)> y;
  ap_uint<bits_for(most_missing + 1)> missing;  // strips that enter before the next window is seen

  HLS_INLINE Walk()
      : walking(false), pending(0), inside(0), step(0), inner(0), outer(0), here(0),
        next(modulo(-G::words_to(W::pad_top, W::pad_left), G::ring_words)), x(0), y(0),
        missing(G::first_strip + 1) {}

  HLS_INLINE bool is_last_phase() const {
    return step == M::time_steps - 1 && inner == inner_groups - 1 && outer == W::conv_groups - 1;
  }
  HLS_INLINE bool all_begun() const { return y == W::out_height; }
  HLS_INLINE bool all_sent() const { return without_lowest<G::places>(pending) == 0; }

  // The next token of this window, with the word's address and the part of the word that it carries.
  HLS_INLINE void take(Token<W>& token, address_t& address, ap_uint<bits_for(G::parts)>& part) {
    const typename View<W>::places_t rest = without_lowest<G::places>(pending);
    const typename View<W>::places_t chosen = pending ^ rest;
    typename Token<W>::place_t place = 0;
    address_t offset = 0;
    part = 0;
    HLS_UNROLL_BEFORE
    for (int index = 0; index < G::places; index++) {
      HLS_UNROLL_INSIDE
      const int tap = index / G::walked_units;
      const int unit = index % G::walked_units;
      const int y = tap / W::kernel_width * W::dilation_height;
      const int x = tap % W::kernel_width * W::dilation_width;
      const int words = G::words_to(y, x) + unit / G::parts * M::time_steps;
      if (chosen[index]) place |= typename Token<W>::place_t(index);
      if (chosen[index]) offset |= address_t(words % G::ring_words);
      if (chosen[index]) part |= ap_uint<bits_for(G::parts)>(unit % G::parts);
    }
    address = wrapped_sum<G::ring_words>(here, offset);
    token.place = place;
    token.empty = pending == 0;
    token.last = rest == 0;
    token.end = token.last && is_last_phase() && all_begun();
    pending = rest;
  }

  // The next phase of the same window.
  HLS_INLINE void next_phase(const View<W>& view) {
    const bool step_ends = step == M::time_steps - 1;
    const bool inner_ends = inner == inner_groups - 1;
    const address_t to_next_step = 1 % G::ring_words;
    const address_t to_first_step = modulo(1 - M::time_steps, G::ring_words);
    const address_t to_next_inputs = modulo(G::walked_words * M::time_steps - M::time_steps + 1, G::ring_words);
    here = wrapped_sum<G::ring_words>(here, !step_ends ? to_next_step : inner_ends ? to_next_inputs : to_first_step);
    step = step_ends ? 0 : int(step) + 1;
    if (step_ends) inner = inner_ends ? 0 : int(inner) + 1;
    if (step_ends && inner_ends) outer = outer + 1;
    pending = view.places(inside, outer * ap_uint<8>(M::time_steps) + step);
  }

  // The next window, which `view` shows.
  HLS_INLINE void next_window(const View<W>& view) {
    const bool band_ends = x == W::out_width - 1;
    inside = View<W>::columns_inside(x);
    pending = view.places(inside, 0);
    step = 0;
    inner = 0;
    outer = 0;
    here = next;
    const int right = G::words_to(0, W::stride_width);
    const int down = G::words_to(W::stride_height, 0) - (W::out_width - 1) * right;
    const address_t to_the_right = modulo(right, G::ring_words);
    const address_t to_the_next_band = modulo(down, G::ring_words);
    next = wrapped_sum<G::ring_words>(next, band_ends ? to_the_next_band : to_the_right);
    missing = band_ends ? 1 + G::strips - W::out_width : 1;
    x = band_ends ? 0 : int(x) + 1;
    if (band_ends) y = y + 1;
  }
};

}  // namespace asn
#endif
