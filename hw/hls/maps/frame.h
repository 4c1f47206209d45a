// frame: the windows of a convolution over one input map of which nothing is left out: of each output pixel, output
// group and time step every tap is sent as a token (token.h), one a cycle, whether it holds a count or not; taps
// in padding are empty. For maps with few zeros, which are not searched for then: no occupancy bits, and counters
// in place of places that are pending.
//
// Input comes and is kept as for window (window.h), with the same config W; of each pixel and time step there is one
// word, which is scanned as a whole (Geometry<W>::units is 1).
#ifndef ASN_MAPS_FRAME_H
#define ASN_MAPS_FRAME_H

#include "../storage.h"
#include "arrivals.h"
#include "phases.h"
#include "token.h"

namespace asn {

// The tap that is sent: its place in the window, its pixel, and its word.
template <class W>
struct Tap {
  typedef typename W::input M;
  typedef Geometry<W> G;
  static const int last_row = (W::out_height - 1) * W::stride_height - W::pad_top + G::reach_height;
  static const int last_column = (W::out_width - 1) * W::stride_width - W::pad_left + G::reach_width;
  static const int next_left = W::out_width * W::stride_width - W::pad_left;
  static const int next_top = W::out_height * W::stride_height - W::pad_top;
  typedef ap_int<signed_bits_for(-W::pad_top, larger_of(last_row, next_top))> row_t;
  typedef ap_int<signed_bits_for(smaller_of(-W::pad_left, 0), larger_of(last_column, next_left))> column_t;

  ap_uint<bits_for(G::taps)> place;
  ap_uint<bits_for(W::kernel_width)> across;
  ap_uint<bits_for(G::ring_words)> offset;  // from the window's first word
  row_t top, row;                           // of the window, and of the tap
  column_t left, column;

  HLS_INLINE Tap() : place(0), across(0), offset(0), top(0), row(0), left(0), column(0) {}

  HLS_INLINE bool is_last() const { return place == G::taps - 1; }
  HLS_INLINE bool inside() const { return row >= 0 && row < M::height && column >= 0 && column < M::width; }

  // The first tap of the window whose first pixel that is.
  HLS_INLINE void begin(const row_t& first_row, const column_t& first_column) {
    top = row = first_row;
    left = column = first_column;
    place = 0;
    across = 0;
    offset = 0;
  }

  HLS_INLINE void next() {
    const bool ends = across == W::kernel_width - 1;
    const ap_uint<bits_for(G::ring_words)> to_the_right = modulo(G::words_to(0, W::dilation_width), G::ring_words);
    const ap_uint<bits_for(G::ring_words)> to_the_next_row =
        modulo(G::words_to(W::dilation_height, -G::reach_width), G::ring_words);
    offset = wrapped_sum<G::ring_words>(offset, ends ? to_the_next_row : to_the_right);
    column = ends ? left : column_t(column + W::dilation_width);
    if (ends) row = row + W::dilation_height;
    across = ends ? 0 : int(across) + 1;
    place = place + 1;
  }
};

template <class W, class RAM = AnyRam>
HLS_INLINE void frame(typename W::input::stream_t& words, typename TokenOf<W>::stream_t& tokens) {
  typedef Geometry<W> G;
  typedef Tap<W> tap_t;
  static_assert(G::units == 1 && W::conv_groups == 1, "a pixel and time step must be one token");
  static typename W::input::word_t ring[G::ring_words];  // static: first words of 0 cost nothing
  RAM::hold(ring);
  Arrivals<W> arrivals;
  Phases<W> walk;
  tap_t tap;
  typename tap_t::row_t next_top = -W::pad_top;
  typename tap_t::column_t next_left = -W::pad_left;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(ring, 2)
    const bool sends = walk.walking;
    const bool phase_ends = !sends || tap.is_last();
    const bool is_free = !sends || walk.is_last_phase();  // no phase of this window is to come
    const bool is_over = walk.all_begun() && arrivals.all;
    const bool enters = is_free && walk.missing != 0 && arrivals.suffice();
    const bool is_seen = walk.missing == 0 || (walk.missing == 1 && enters);  // the next window
    if (enters) {
      walk.missing = walk.missing - 1;
      arrivals.due = arrivals.due + G::pace;
    }
    if (arrivals.wanted()) arrivals.store(words.read(), ring);
    TokenOf<W> token;
    const typename W::input::word_t counts = ring[wrapped_sum<G::ring_words>(walk.here, tap.offset)];
    token.empty = !tap.inside();
    token.counts = token.empty ? typename W::input::word_t(0) : counts;
    token.place = tap.place;
    token.last = tap.is_last();
    token.end = token.last && walk.is_last_phase() && walk.all_begun();
    if (sends) tokens.write(token.packed());

    if (phase_ends && is_free) {
      if (is_over && !sends) break;
      walk.walking = is_seen && !walk.all_begun();
      if (walk.walking) {
        tap.begin(next_top, next_left);
        const bool band_ends = walk.next_window();
        next_left = band_ends ? typename tap_t::column_t(-W::pad_left)
                              : typename tap_t::column_t(next_left + W::stride_width);
        if (band_ends) next_top = next_top + W::stride_height;
      }
    } else if (phase_ends) {
      walk.next_phase();
      tap.begin(tap.top, tap.left);
    } else {
      tap.next();
    }
  }
}

}  // namespace asn
#endif
