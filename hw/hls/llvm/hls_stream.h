// hls::stream for the embedded HLS engine: a read or write is one volatile access of the port, which the
// compiler's optimiser neither drops, repeats nor reorders.
#ifndef ASN_LLVM_HLS_STREAM_H
#define ASN_LLVM_HLS_STREAM_H

#include "ap_int.h"

extern "C" void asn_stream_access(const volatile void* stream, int payload_bits, int last_bits);

namespace hls {

// How a payload travels: as `bits` bits, of which the top `last_bits` are AXI4-Stream's TLAST.
template <class T>
struct payload;

template <int W, bool S>
struct payload<ap::integer<W, S>> {
  static const int bits = W;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<W> pack(const ap::integer<W, S>& value) { return value; }
  static AP_INLINE ap::integer<W, S> unpack(const ap_uint<W>& bits) { return bits; }
};

template <>
struct payload<bool> {
  static const int bits = 1;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<1> pack(bool value) { return value; }
  static AP_INLINE bool unpack(const ap_uint<1>& bits) { return bits != 0; }
};

// A beat with data and last.
template <class T>
  requires requires(T beat) { beat.data; beat.last; }
struct payload<T> {
  static const int data_bits = decltype(T::data)::width;
  static const int bits = data_bits + 1;
  static const int last_bits = 1;
  static AP_INLINE ap_uint<bits> pack(const T& beat) {
    return (ap_uint<bits>(beat.last) << data_bits) | ap_uint<bits>(beat.data);
  }
  static AP_INLINE T unpack(const ap_uint<bits>& packed) {
    T beat;
    beat.data = packed.range(data_bits - 1, 0);
    beat.last = packed[data_bits];
    return beat;
  }
};

template <class T>
class stream {
 public:
  AP_INLINE stream() {}
  AP_INLINE explicit stream(const char*) {}

  AP_INLINE T read() {
    asn_stream_access(&port, payload<T>::bits, payload<T>::last_bits);
    ap_uint<payload<T>::bits> packed;
    packed.v = port;
    return payload<T>::unpack(packed);
  }
  AP_INLINE void read(T& value) { value = read(); }
  AP_INLINE void write(const T& value) {
    asn_stream_access(&port, payload<T>::bits, payload<T>::last_bits);
    port = payload<T>::pack(value).v;
  }
  AP_INLINE void operator>>(T& value) { value = read(); }
  AP_INLINE void operator<<(const T& value) { write(value); }

 private:
  volatile unsigned _BitInt(payload<T>::bits) port;
};

}  // namespace hls

#endif
