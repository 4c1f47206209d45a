// ap_axiu / ap_axis for the embedded HLS engine: one beat of an AXI4-Stream with all its side channels. A channel of
// 0 bits can be written and read as in Vitis, but is no port.
#ifndef ASN_LLVM_AP_AXI_SDATA_H
#define ASN_LLVM_AP_AXI_SDATA_H

#include "hls_stream.h"

namespace ap {

// A channel that is not there.
struct no_channel {
  no_channel() = default;
  template <class T>
  AP_INLINE no_channel(const T&) {}
  AP_INLINE operator int() const { return 0; }
};
template <int W>
struct channel {
  typedef integer<W, false> type;
};
template <>
struct channel<0> {
  typedef no_channel type;
};

}  // namespace ap

template <class DATA, int USER = 0, int ID = 0, int DEST = 0>
struct hls_axis {
  static const int bytes = (hls::payload<DATA>::bits + 7) / 8;
  DATA data;
  ap_uint<bytes> keep;
  ap_uint<bytes> strb;
  typename ap::channel<USER>::type user;
  ap_uint<1> last;
  typename ap::channel<ID>::type id;
  typename ap::channel<DEST>::type dest;

  AP_INLINE DATA get_data() const { return data; }
  AP_INLINE void set_data(const DATA& value) { data = value; }
  AP_INLINE bool get_last() const { return bool(last); }
  AP_INLINE void set_last(bool value) { last = value; }
};
template <int D, int USER = 0, int ID = 0, int DEST = 0>
using ap_axiu = hls_axis<ap_uint<D>, USER, ID, DEST>;
template <int D, int USER = 0, int ID = 0, int DEST = 0>
using ap_axis = hls_axis<ap_int<D>, USER, ID, DEST>;

namespace hls {

template <class DATA, int USER, int ID, int DEST>
struct side_channels<hls_axis<DATA, USER, ID, DEST> > {
  static const int bytes = hls_axis<DATA, USER, ID, DEST>::bytes, user = USER, id = ID, dest = DEST;
};

template <class DATA, int USER, int ID, int DEST>
struct payload<hls_axis<DATA, USER, ID, DEST> > {
  typedef hls_axis<DATA, USER, ID, DEST> beat_t;
  typedef payload<DATA> data;
  static const int last_bits = 1;
  static const int bits = data::bits + 2 * beat_t::bytes + USER + ID + DEST + last_bits;

  static AP_INLINE ap_uint<bits> pack(const beat_t& beat) {
    ap_uint<bits> packed = 0;
    int low = 0;
    put(packed, low, ap_uint<data::bits>(data::pack(beat.data)));
    put(packed, low, beat.keep);
    put(packed, low, beat.strb);
    put(packed, low, beat.user);
    put(packed, low, beat.id);
    put(packed, low, beat.dest);
    put(packed, low, beat.last);
    return packed;
  }
  static AP_INLINE beat_t unpack(const ap_uint<bits>& packed) {
    beat_t beat;
    ap_uint<data::bits> word;
    int low = 0;
    get(packed, low, word);
    beat.data = data::unpack(word);
    get(packed, low, beat.keep);
    get(packed, low, beat.strb);
    get(packed, low, beat.user);
    get(packed, low, beat.id);
    get(packed, low, beat.dest);
    get(packed, low, beat.last);
    return beat;
  }

 private:
  template <int W>
  static AP_INLINE void put(ap_uint<bits>& packed, int& low, const ap_uint<W>& field) {
    packed.v |= typename ap_uint<bits>::value_t(field.v) << low;
    low += W;
  }
  static AP_INLINE void put(ap_uint<bits>&, int&, const ap::no_channel&) {}
  template <int W>
  static AP_INLINE void get(const ap_uint<bits>& packed, int& low, ap_uint<W>& field) {
    field.v = typename ap_uint<W>::value_t(packed.v >> low);
    low += W;
  }
  static AP_INLINE void get(const ap_uint<bits>&, int&, ap::no_channel&) {}
};

template <class DATA, int USER = 0, int ID = 0, int DEST = 0>
using axis = hls_axis<DATA, USER, ID, DEST>;

}  // namespace hls

#endif
