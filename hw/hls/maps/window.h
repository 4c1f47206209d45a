// window: the windows of a convolution over one input map, output pixel by output pixel; of each pixel the
// output groups, of each group the time steps. Of a window only the words that hold a count are sent
// (token.h), one a cycle, and one empty token if there is none.
//
// An iteration sends a token, lets a strip of columns into the window and reads a word of the input, each if
// it can. Input comes at the pace at which strips enter (geometry.h), at most one strip earlier than needed,
// and all of it belongs to this inference: the last window waits for nothing that comes after. Padding is not
// stored; it is a mask on the occupancy bits.
//
// Config W: input (config M of raster.h), kernel_height, kernel_width, stride_height, stride_width,
//           dilation_height, dilation_width, pad_top, pad_left, out_height, out_width, out_groups (so often
//           the window is walked), conv_groups (those of the convolution if they are whole words of the input
//           and whole output groups, else 1), scan_lanes (divides lanes). RAM: what holds the words
//           (../storage.h).
#ifndef ASN_MAPS_WINDOW_H
#define ASN_MAPS_WINDOW_H

#include "../storage.h"
#include "arrivals.h"
#include "walk.h"

namespace asn {

template <class W, class RAM = AnyRam>
HLS_INLINE void window(typename W::input::stream_t& words, typename TokenOf<W>::stream_t& tokens) {
  typedef Geometry<W> G;
  typedef typename W::input::word_t word_t;
  typedef ap_uint<TokenOf<W>::counts_bits> counts_t;
  typedef typename View<W>::places_t places_t;
  static word_t ring[G::ring_words];  // static: first words of 0 cost nothing; none of them is ever counted
  RAM::hold(ring);
  static ap_uint<G::pixel_bits> occupied[G::rows * W::stride_width][G::strips];
  HLS_SEPARATE_SLICES(occupied)
  Arrivals<W> arrivals;
  View<W> view;
  Walk<W> walk;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(ring, 2)
    const bool sends = walk.walking;
    const bool phase_ends = !sends || walk.is_last_token();
    const bool is_free = !sends || walk.is_last_phase();  // no phase of this window is to come
    const bool is_over = walk.all_begun() && arrivals.all;
    const bool enters = is_free && walk.missing != 0 && arrivals.suffice();
    const bool is_seen = walk.missing == 0 || (walk.missing == 1 && enters);  // the next window
    // What pending places may become, before it is known which.
    const typename View<W>::columns_t entered = view.entered(occupied);
    const places_t fresh = View<W>::places(entered, walk.inside_next(), 0);
    const places_t after = View<W>::places(view.columns, walk.inside_after(), walk.phase);

    if (enters) {
      view.columns = entered;
      view.next_strip();
      walk.missing = walk.missing - 1;
      arrivals.due = arrivals.due + G::pace;
    }
    if (arrivals.wanted()) arrivals.store(words.read(), ring, occupied);
    TokenOf<W> token;
    typename Walk<W>::address_t address;
    ap_uint<bits_for(G::parts)> part;
    walk.take(token, address, part);
    token.counts = Choice<G::parts, counts_t::width>::of(ring[address], part);
    if (sends) tokens.write(token.packed());

    if (is_over && !sends) break;  // known early, for a cycle more
    Walk<W> ended = walk;  // what it becomes if this phase ends, before it is known whether it does
    ended.walking = !is_free || (is_seen && !walk.all_begun());
    if (ended.walking && is_free) ended.next_window(enters ? fresh : after);
    if (!is_free) ended.next_phase(after);
    if (phase_ends) walk = ended;
  }
}

}  // namespace asn
#endif
