// Which tokens of a window are sent: those of places that hold a count.
#ifndef ASN_MAPS_WALK_H
#define ASN_MAPS_WALK_H

#include "../choice.h"
#include "../scanner.h"
#include "few.h"
#include "phases.h"
#include "token.h"
#include "view.h"

namespace asn {

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
  HLS_INLINE bool is_last_token() const { return Few<G::places>::of(pending)[1] == 0; }

  // The next token of this window, with the word's address and the part of the word that it carries.
  HLS_INLINE void take(Token<W>& token, address_t& address, ap_uint<bits_for(G::parts)>& part) {
    const places_t rest = without_lowest<G::places>(pending);
    const places_t chosen = pending ^ rest;
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
      const int words = G::words_to(y, x) + unit / G::parts * W::input::time_steps;
      if (chosen[index]) place |= typename Token<W>::place_t(index);
      if (chosen[index]) offset |= address_t(words % G::ring_words);
      if (chosen[index]) part |= ap_uint<bits_for(G::parts)>(unit % G::parts);
    }
    address = wrapped_sum<G::ring_words>(this->here, offset);
    token.place = place;
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
