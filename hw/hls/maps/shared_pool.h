// shared_pool: pool (pool.h) of windows that share a map out among them, as adaptive pools do. Of OUT windows
// on SIZE columns number i begins with column floor(i * SIZE / OUT) and ends before ceil((i + 1) * SIZE / OUT),
// so their sizes may differ by one, and two of them hold a column that lies on the boundary.
//
// In units of 1 / OUT of a column, window i covers SIZE units from i * SIZE on, and column c covers OUT units
// from c * OUT on. `rest` is how far the column begins after the window that ends next; the window ends with
// the column that reaches SIZE, and the next one begins with it, unless it reaches SIZE exactly: then that
// begins with the column after it.
//
// Config L: input (config M of raster.h), out_height, out_width (at most the input's), operation, count_t,
//           word_t, stream_t, minima as of pool.h.
#ifndef ASN_MAPS_SHARED_POOL_H
#define ASN_MAPS_SHARED_POOL_H

#include "pool.h"

namespace asn {

// As OpenWindows of pool.h: two windows are open in a column where one ends, the newest is number 0.
template <int SIZE, int OUT>
struct SharedWindows {
  static_assert(OUT <= SIZE, "there must be a column for each window");
  static const int open = 2;
  static const int kept = 1;

  ap_uint<bits_for(SIZE)> index;
  ap_uint<bits_for(SIZE)> rest;

  HLS_INLINE SharedWindows() { restart(); }

  HLS_INLINE void restart() {
    index = 0;
    rest = 0;
  }
  HLS_INLINE bool is_first_of(int window) const { return rest == 0 || (window == 0 && begins()); }
  HLS_INLINE bool is_last() const { return index == SIZE - 1; }
  HLS_INLINE bool inside() const { return true; }
  HLS_INLINE bool begins() const { return int(rest) + OUT >= SIZE; }
  HLS_INLINE bool covered_by(int window) const { return window == 1 || int(rest) + OUT != SIZE; }
  HLS_INLINE bool completes() const { return begins(); }

  HLS_INLINE void next() {
    const int reached = int(rest) + OUT;
    index = index + 1;
    rest = begins() ? reached - SIZE : reached;
  }
};

template <class L>
HLS_INLINE void shared_pool(typename L::input::stream_t& words, typename L::stream_t& pooled) {
  typedef SharedWindows<L::input::width, L::out_width> columns_t;
  typedef SharedWindows<L::input::height, L::out_height> rows_t;
  pool_windows<L, columns_t, rows_t>(words, pooled);
}

}  // namespace asn
#endif
