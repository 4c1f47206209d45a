// Where a window is among the output pixels, and of a pixel among groups and time steps: its phases.
#ifndef ASN_MAPS_PHASES_H
#define ASN_MAPS_PHASES_H

#include "geometry.h"

namespace asn {

template <class W>
struct Phases {
  typedef typename W::input M;
  typedef Geometry<W> G;
  typedef ap_uint<bits_for(G::ring_words)> address_t;
  typedef ap_uint<bits_for(G::phases)> phase_t;
  static const int inner_groups = W::out_groups / W::conv_groups;
  static const int most_missing = larger_of(1 + G::strips - W::out_width, G::first_strip + 1);

  bool walking;                             // there is a window, and not all of its tokens are sent
  phase_t phase;                            // that comes after this one: outer * time_steps + step
  ap_uint<bits_for(M::time_steps)> step;    // of it: time step,
  ap_uint<bits_for(inner_groups)> inner;    // output group, of those that read the same inputs,
  ap_uint<bits_for(W::conv_groups)> outer;  // and which inputs those are
  address_t here;                           // in the ring: this phase's first word of the window's first pixel
  address_t next;                           // the same of the next window
  ap_uint<bits_for(W::out_width)> x;        // of the next window
  ap_uint<bits_for(W::out_height + 1)> y;
  ap_uint<bits_for(most_missing + 1)> missing;  // strips that enter before the next window is seen

  HLS_INLINE Phases()
      : walking(false), phase(0), step(0), inner(0), outer(0), here(0),
        next(modulo(-G::words_to(W::pad_top, W::pad_left), G::ring_words)), x(0), y(0),
        missing(G::first_strip + 1) {}

  // The phase that comes is the first one of a window.
  HLS_INLINE bool is_last_phase() const { return step == 0 && inner == 0 && outer == 0; }
  HLS_INLINE bool all_begun() const { return y == W::out_height; }

  // The phase that comes, of the same window.
  HLS_INLINE void next_phase() {
    const address_t to_next_step = 1 % G::ring_words;
    const address_t to_first_step = modulo(1 - M::time_steps, G::ring_words);
    const address_t to_next_inputs = modulo(G::walked_words * M::time_steps - M::time_steps + 1, G::ring_words);
    here = wrapped_sum<G::ring_words>(here, step != 0 ? to_next_step : inner != 0 ? to_first_step : to_next_inputs);
    next_counters();
  }

  // The first phase of the next window. Whether its band ends with it.
  HLS_INLINE bool next_window() {
    const bool band_ends = x == W::out_width - 1;
    next_counters();
    here = next;
    const int right = G::words_to(0, W::stride_width);
    const int down = G::words_to(W::stride_height, 0) - (W::out_width - 1) * right;
    const address_t to_the_right = modulo(right, G::ring_words);
    const address_t to_the_next_band = modulo(down, G::ring_words);
    next = wrapped_sum<G::ring_words>(next, band_ends ? to_the_next_band : to_the_right);
    missing = band_ends ? 1 + G::strips - W::out_width : 1;
    x = band_ends ? 0 : int(x) + 1;
    if (band_ends) y = y + 1;
    return band_ends;
  }

 private:
  HLS_INLINE void next_counters() {
    const bool step_ends = step == M::time_steps - 1;
    const bool inner_ends = inner == inner_groups - 1;
    const bool outer_ends = outer == W::conv_groups - 1;
    const bool goes_back = step_ends && (!inner_ends || outer_ends);  // to a first time step
    phase = !goes_back ? phase_t(phase + 1) : inner_ends ? phase_t(0) : phase_t(phase - (M::time_steps - 1));
    step = step_ends ? 0 : int(step) + 1;
    if (step_ends) inner = inner_ends ? 0 : int(inner) + 1;
    if (step_ends && inner_ends) outer = outer_ends ? 0 : int(outer) + 1;
  }
};

}  // namespace asn
#endif
