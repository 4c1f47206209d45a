// hls::stream for the embedded HLS engine: a read or write is one volatile access of the port, which the
// compiler's optimiser neither drops, repeats nor reorders.
#ifndef ASN_LLVM_HLS_STREAM_H
#define ASN_LLVM_HLS_STREAM_H

#include "ap_int.h"
#include "asn_markers.h"

namespace hls {

// How a payload travels: as `bits` bits, of which the top `last_bits` are AXI4-Stream's TLAST.
template <class T>
struct payload {
  static_assert(false, "words of a stream must be integers, or structs of integers and of arrays of them");
};

template <int W, bool S>
struct payload<ap::integer<W, S>> {
  static const int bits = W;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<W> pack(const ap::integer<W, S>& value) { return value; }
  static AP_INLINE ap::integer<W, S> unpack(const ap_uint<W>& bits) { return bits; }
};

// Built-in integers travel as many bits as they have.
template <class T>
  requires(ap::Foreign<T> && !__is_enum(T) && !__is_class(T))
struct payload<T> {
  static const int bits = ap::traits<T>::width;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<bits> pack(const T& value) { return value; }
  static AP_INLINE T unpack(const ap_uint<bits>& packed) { return T(packed.v); }
};
// Fixed-point numbers travel as their bits.
template <class T>
  requires requires(T number) { number.V; T::iwidth; }
struct payload<T> {
  static const int bits = T::width;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<bits> pack(const T& value) { return value.V; }
  static AP_INLINE T unpack(const ap_uint<bits>& packed) {
    T value;
    value.V = packed;
    return value;
  }
};
// Enumerators travel as the integers they are.
template <class T>
  requires(__is_enum(T))
struct payload<T> {
  typedef __underlying_type(T) value_t;
  typedef payload<value_t> integer;
  static const int bits = integer::bits;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<bits> pack(const T& value) { return integer::pack(value_t(value)); }
  static AP_INLINE T unpack(const ap_uint<bits>& packed) { return T(integer::unpack(packed)); }
};

template <int N>
struct width_constant {
  static const int value = N;
};
template <class T>
T& made();

// How many fields a struct has.
template <class T>
auto count_of_fields(T& record) {
  auto& [... field] = record;
  return width_constant<int(sizeof...(field))>();
}

// The beat of an AXI4-Stream: data and last.
template <class T>
concept Beat = requires(T beat) { beat.data; beat.last; };
template <Beat T>
struct payload<T> {
  typedef payload<decltype(T::data)> data;
  static_assert(decltype(count_of_fields(made<T>()))::value == 2,
                "a struct of `data` and `last` must have no more fields; leave them out, or rename `last`");
  static_assert(payload<decltype(T::last)>::bits == 1, "`last` must be one bit; make it ap_uint<1>");
  static_assert(data::last_bits == 0, "`data` must not be a struct of `data` and `last`; rename its `last`");
  static const int data_bits = data::bits;
  static const int bits = data_bits + 1;
  static const int last_bits = 1;
  static AP_INLINE ap_uint<bits> pack(const T& beat) {
    const ap_uint<data_bits> packed = data::pack(beat.data);  // without a sign, which would reach `last`
    return (ap_uint<bits>(ap_uint<1>(beat.last)) << data_bits) | ap_uint<bits>(packed);
  }
  static AP_INLINE T unpack(const ap_uint<bits>& packed) {
    T beat;
    beat.data = data::unpack(packed);
    beat.last = packed[data_bits];
    return beat;
  }
};

// Any other struct: its fields side by side, the first one in the low bits; a field may be an array or a struct.
template <class T>
concept Record = __is_aggregate(T) && __is_class(T) && !Beat<T>;

template <class T, int N>
struct payload<T[N]> {
  static const int bits = N * payload<T>::bits;
};

template <class T>
auto total_width(T& record) {
  auto& [... field] = record;
  return width_constant<(0 + ... + payload<__remove_cvref(decltype(field))>::bits)>();
}
template <Record T>
struct payload<T> {
  static const int bits = decltype(total_width(made<T>()))::value;
  static const int last_bits = 0;
  typedef ap_uint<bits> word;

  static AP_INLINE word pack(const T& record) {
    const auto& [... field] = record;
    word packed = 0;
    int low = 0;
    (put(packed, low, field), ...);
    return packed;
  }
  static AP_INLINE T unpack(const word& packed) {
    T record;
    auto& [... field] = record;
    int low = 0;
    (get(packed, low, field), ...);
    return record;
  }

 private:
  template <class F>
  static AP_INLINE void put(word& packed, int& low, const F& field) {
    if constexpr (__is_array(F)) {
      _Pragma("clang loop unroll(full)") for (const auto& element : field) put(packed, low, element);
    } else {
      packed.v |= typename word::value_t(payload<F>::pack(field).v) << low;
      low += payload<F>::bits;
    }
  }
  template <class F>
  static AP_INLINE void get(const word& packed, int& low, F& field) {
    if constexpr (__is_array(F)) {
      _Pragma("clang loop unroll(full)") for (auto& element : field) get(packed, low, element);
    } else {
      ap_uint<payload<F>::bits> bits_of_field;
      bits_of_field.v = decltype(bits_of_field.v)(packed.v >> low);
      field = payload<F>::unpack(bits_of_field);
      low += payload<F>::bits;
    }
  }
};

// Bits of an AXI4-Stream's channels beside TDATA and TLAST that a payload has, between those two.
template <class T>
struct side_channels {
  static const int bytes = 0, user = 0, id = 0, dest = 0;
};

template <class T, int DEPTH = 0>
class stream {
 public:
  stream() = default;
  AP_INLINE constexpr explicit stream(const char*) {
    if (__builtin_is_constant_evaluated()) port = 0;  // a static stream needs no code that constructs it
  }
  stream(const stream&) = delete("a stream must be passed by reference; write hls::stream<T>&");
  stream& operator=(const stream&) = delete("a stream must not be copied; read a word and write it");

  // A stream of known depth is one of any depth: what it is passed to need not know the depth.
  AP_INLINE operator stream<T, 0>&() requires(DEPTH > 0) {
    asn_stream_depth(&port, DEPTH);
    return reinterpret_cast<stream<T, 0>&>(*this);
  }

  AP_INLINE T read() {
    ap_uint<payload<T>::bits> packed;
    packed.v = access();
    return payload<T>::unpack(packed);
  }
  AP_INLINE void read(T& value) { value = read(); }
  AP_INLINE void write(const T& value) { access() = payload<T>::pack(value).v; }
  AP_INLINE void operator>>(T& value) { value = read(); }
  AP_INLINE void operator<<(const T& value) { write(value); }

  // Whether a word waits, or there is room for one, now: what follows may depend on when words arrive.
  AP_INLINE bool empty() const { return !asn_stream_waits(&access()); }
  AP_INLINE bool full() const { return !asn_stream_has_room(&access()); }
  AP_INLINE bool read_nb(T& value) {
    if (empty()) return false;
    value = read();
    return true;
  }
  AP_INLINE bool write_nb(const T& value) {
    if (full()) return false;
    write(value);
    return true;
  }
  unsigned size() const = delete("how many words wait is known in C simulation only; ask empty() or full()");
  unsigned capacity() const = delete("how many words fit is known in C simulation only; ask full()");

 private:
  typedef unsigned _BitInt(payload<T>::bits) word_t;

  AP_INLINE volatile word_t& access() const {
    typedef side_channels<T> sides;
    volatile word_t& accessed = const_cast<volatile word_t&>(port);
    asn_stream_access(&accessed, payload<T>::bits, payload<T>::last_bits, DEPTH, sides::bytes, sides::user, sides::id,
                      sides::dest);
    return accessed;
  }

  word_t port;
};

}  // namespace hls

#endif
