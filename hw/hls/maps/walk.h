// Which tokens of a window are sent: those of places that hold a count.
#ifndef ASN_MAPS_WALK_H
#define ASN_MAPS_WALK_H

#include "../choice.h"
#include "../scanner.h"
#include "many.h"
#include "phases.h"
#include "token.h"
#include "view.h"

namespace asn {

// Where the word of a place lies: the place, its offset in the ring from the window's first word, and the part of it.
template <class W>
struct Target {
  typedef Geometry<W> G;
  static const int place_bits = TokenOf<W>::place_bits;
  static const int offset_bits = bits_for(G::ring_words);
  static const int part_bits = bits_for(G::parts);
  typedef ap_uint<place_bits + offset_bits + part_bits> word_t;

  static HLS_INLINE word_t of(int index) {
    const int tap = index / G::walked_units;
    const int unit = index % G::walked_units;
    const int y = tap / W::kernel_width * W::dilation_height;
    const int x = tap % W::kernel_width * W::dilation_width;
    const int words = G::words_to(y, x) + unit / G::parts * W::input::time_steps;
    const word_t offset = words % G::ring_words;
    return (word_t(unit % G::parts) << (place_bits + offset_bits)) | (offset << place_bits) | word_t(index);
  }
};

// Of `COUNT` places from number `first` on, of which at most one is chosen, the target of that one; else 0. By a tree.
template <class W, int COUNT>
struct Chosen {
  static const int low = (COUNT + 1) / 2;
  static HLS_INLINE typename Target<W>::word_t of(const ap_uint<COUNT>& chosen, int first) {
    return Chosen<W, low>::of(ap_uint<low>(chosen), first) |
           Chosen<W, COUNT - low>::of(ap_uint<COUNT - low>(chosen >> low), first + low);
  }
};

template <class W>
struct Chosen<W, 1> {
  typedef typename Target<W>::word_t word_t;
  static HLS_INLINE word_t of(const ap_uint<1>& chosen, int first) {
    return chosen == 1 ? Target<W>::of(first) : word_t(0);
  }
};

template <class W>
struct Walk : Phases<W> {
  typedef Geometry<W> G;
  typedef Phases<W> phases_t;
  typedef typename phases_t::address_t address_t;
  typedef typename View<W>::places_t places_t;

  places_t pending;                 // places whose token is not sent
  ap_uint<W::kernel_width> inside;  // columns of the kernel that are inside of the map

  HLS_INLINE Walk() : pending(0), inside(0) {}

  // Whether the next token is the last one of this phase: one place is pending, or none.
  HLS_INLINE bool is_last_token() const { return !Many<G::places>::of(pending).many; }

  // The next token of this window, with the word's address and the part of the word that it carries.
  HLS_INLINE void take(TokenOf<W>& token, address_t& address, ap_uint<bits_for(G::parts)>& part) {
    const places_t rest = without_lowest<G::places>(pending);
    const places_t chosen = pending ^ rest;
    const typename Target<W>::word_t target = Chosen<W, G::places>::of(chosen, 0);
    const address_t offset = target >> Target<W>::place_bits;
    part = target >> (Target<W>::place_bits + Target<W>::offset_bits);
    address = wrapped_sum<G::ring_words>(this->here, offset);
    token.place = target;
    token.empty = pending == 0;
    token.last = is_last_token();
    token.end = token.last && this->is_last_phase() && this->all_begun();
    pending = rest;
  }

  HLS_INLINE ap_uint<W::kernel_width> inside_next() const { return View<W>::columns_inside(this->x); }
  // Of the window to which the phase that comes belongs.
  HLS_INLINE ap_uint<W::kernel_width> inside_after() const { return this->is_last_phase() ? inside_next() : inside; }

  // The phase that comes, of the same window, with these places.
  HLS_INLINE void next_phase(const places_t& places) {
    pending = places;
    phases_t::next_phase();
  }

  // The first phase of the next window, with these places.
  HLS_INLINE void next_window(const places_t& places) {
    inside = inside_next();
    pending = places;
    phases_t::next_window();
  }
};

}  // namespace asn
#endif
