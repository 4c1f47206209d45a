// ap_int / ap_uint for the embedded HLS engine: the same values as Xilinx's open headers (results widen by the
// same rules), but every integer is one clang _BitInt, so that the compiler's optimiser sees plain arithmetic.
#ifndef ASN_LLVM_AP_INT_H
#define ASN_LLVM_AP_INT_H

#define AP_INLINE __attribute__((always_inline)) inline
#define AP_FORWARD_RANGE           \
  __attribute__((diagnose_if(      \
      high < low, "a range must go from a higher bit to a lower one; reverse the bits one by one", "error")))

namespace ap {

template <int W, bool S>
struct storage {
  typedef signed _BitInt(W) type;
};
template <int W>
struct storage<W, false> {
  typedef unsigned _BitInt(W) type;
};
template <>
struct storage<1, true> {
  typedef signed _BitInt(2) type;  // C++ has no signed one-bit integer; the value is kept sign extended
};

constexpr int max(int a, int b) { return a > b ? a : b; }
constexpr int min(int a, int b) { return a < b ? a : b; }

template <int W, bool S>
struct integer;
template <int W, bool S>
struct range_reference;
template <int W, bool S>
struct bit_reference;
template <class A, class B>
struct concatenation;

// Width and signedness of every operand type: our integers and their parts, and the built-in ones. A bit counts as
// a bool, an enumerator as what it is promoted to.
template <class T>
struct traits {
  static constexpr bool known = false;
};
template <int W, bool S>
struct traits<integer<W, S>> {
  static constexpr bool known = true, own = true, is_signed = S;
  static constexpr int width = W;
};
template <int W, bool S>
struct traits<range_reference<W, S>> {
  static constexpr bool known = true, own = true, is_signed = false;
  static constexpr int width = W;
};
template <int W, bool S>
struct builtin_traits {
  static constexpr bool known = true, own = false, is_signed = S;
  static constexpr int width = W;
};
template <int W, bool S>
struct traits<bit_reference<W, S>> : builtin_traits<1, false> {};
template <class T>
  requires(__is_enum(T)) && requires(T enumerator) { +enumerator; }
struct traits<T> : traits<decltype(+T())> {};
template <> struct traits<bool> : builtin_traits<1, false> {};
template <> struct traits<char> : builtin_traits<8, true> {};
template <> struct traits<signed char> : builtin_traits<8, true> {};
template <> struct traits<unsigned char> : builtin_traits<8, false> {};
template <> struct traits<short> : builtin_traits<16, true> {};
template <> struct traits<unsigned short> : builtin_traits<16, false> {};
template <> struct traits<int> : builtin_traits<32, true> {};
template <> struct traits<unsigned> : builtin_traits<32, false> {};
template <> struct traits<long> : builtin_traits<64, true> {};
template <> struct traits<unsigned long> : builtin_traits<64, false> {};
template <> struct traits<long long> : builtin_traits<64, true> {};
template <> struct traits<unsigned long long> : builtin_traits<64, false> {};

template <class T>
concept Integer = traits<T>::known;
template <class T>
concept Own = traits<T>::known && traits<T>::own;
template <class T>
concept Foreign = traits<T>::known && !traits<T>::own;

template <class T>
constexpr bool is_range = false;
template <int W, bool S>
constexpr bool is_range<range_reference<W, S>> = true;
template <class T>
constexpr bool is_bit = false;
template <int W, bool S>
constexpr bool is_bit<bit_reference<W, S>> = true;

template <bool S>
struct conversion {
  typedef long long type;
};
template <>
struct conversion<false> {
  typedef unsigned long long type;
};

// The bare _BitInt of an operand.
template <int W, bool S>
AP_INLINE constexpr const typename storage<W, S>::type& raw(const integer<W, S>& value);
template <Foreign T>
AP_INLINE constexpr auto raw(const T& value) {
  return typename storage<traits<T>::width, traits<T>::is_signed>::type(value);
}
// An operand as what has a bare _BitInt: a range as an integer.
template <class T>
AP_INLINE constexpr const T& whole(const T& value) {
  return value;
}
template <int W, bool S>
AP_INLINE integer<W, false> whole(const range_reference<W, S>& value);

consteval int value_of_digit(char digit, int base) {
  const int value = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
  if (value < 0 || value >= base) __builtin_unreachable();  // no constant expression: clang refuses the literal
  return value;
}

template <int W, bool S>
struct integer {
  typedef typename storage<W, S>::type value_t;
  static const int width = W;
  value_t v;

  // The copy constructor is ours so that integers travel through memory: clang's calling convention would cut
  // those of 65 to 128 bits in two registers, which the optimiser cannot put together again.
  integer() = default;
  AP_INLINE constexpr integer(const integer& other) : v(other.v) {}
  AP_INLINE integer& operator=(const integer& other) {
    v = other.v;
    return *this;
  }
  template <Integer T>
  AP_INLINE constexpr integer(const T& other) {
    put(raw(whole(other)));
  }
  template <class A, class B>
  AP_INLINE integer(const concatenation<A, B>& other) {
    put(other.get().v);
  }

  // Digits of a string literal, read while compiling; without a radix, its 0b, 0o, 0d or 0x tells.
  consteval integer(const char* digits, signed char radix = 0) : v(value_t(0)) {
    typedef typename storage<max(W, 64), false>::type sum_t;
    const bool negative = *digits == '-';
    if (negative) digits++;
    const char letter = *digits == '0' ? char(digits[1] | 0x20) : ' ';
    const int named = letter == 'b' ? 2 : letter == 'o' ? 8 : letter == 'd' ? 10 : letter == 'x' ? 16 : 0;
    if (named) digits += 2;
    const int base = radix ? radix : named ? named : 10;
    sum_t sum = 0;
    for (; *digits; digits++) sum = sum_t(sum * sum_t(base)) + sum_t(value_of_digit(*digits, base));
    put(negative ? sum_t(-sum) : sum);
  }

  template <class T>
  AP_INLINE constexpr void put(const T& value) {
    if constexpr (W == 1 && S) {
      v = (value & 1) ? -1 : 0;
    } else {
      v = value_t(value);
    }
  }

  // Like Xilinx's: an integer converts to the built-in type of 64 bits, for conditions, too.
  AP_INLINE operator typename conversion<S>::type() const { return (typename conversion<S>::type)v; }
  AP_INLINE int to_int() const { return int(v); }
  AP_INLINE unsigned to_uint() const { return unsigned(v); }
  AP_INLINE long long to_int64() const { return (long long)v; }
  AP_INLINE unsigned long long to_uint64() const { return (unsigned long long)v; }
  AP_INLINE bool to_bool() const { return v != 0; }
  AP_INLINE long to_long() const { return long(v); }
  AP_INLINE unsigned long to_ulong() const { return (unsigned long)v; }
  AP_INLINE short to_short() const { return short(v); }
  AP_INLINE unsigned short to_ushort() const { return (unsigned short)v; }
  AP_INLINE char to_char() const { return char(v); }
  AP_INLINE unsigned char to_uchar() const { return (unsigned char)v; }
  AP_INLINE int length() const { return W; }

  AP_INLINE range_reference<W, S> range(int high, int low) const AP_FORWARD_RANGE {
    return {const_cast<integer&>(*this), high, low};
  }
  AP_INLINE range_reference<W, S> operator()(int high, int low) const AP_FORWARD_RANGE {
    return {const_cast<integer&>(*this), high, low};
  }
  AP_INLINE bit_reference<W, S> operator[](int index) { return {*this, index}; }
  AP_INLINE bool operator[](int index) const { return bool((v >> index) & 1); }
  AP_INLINE bool test(int index) const { return bool((v >> index) & 1); }

  AP_INLINE bool get_bit(int index) const { return test(index); }
  AP_INLINE void set_bit(int index, bool value) { (*this)[index] = value; }
  AP_INLINE void set(int index) { (*this)[index] = true; }
  AP_INLINE void set(int index, bool value) { (*this)[index] = value; }
  AP_INLINE void clear(int index) { (*this)[index] = false; }
  AP_INLINE void invert(int index) { (*this)[index] = !test(index); }
  AP_INLINE void b_not() { put(~v); }
  AP_INLINE bool sign() const { return S && v < 0; }
  AP_INLINE bool iszero() const { return v == 0; }
  AP_INLINE bool is_zero() const { return v == 0; }

  AP_INLINE integer& reverse() {
    const integer old = *this;
    _Pragma("clang loop unroll(full)") for (int index = 0; index < W; index++)(*this)[index] = old.test(W - 1 - index);
    return *this;
  }
  // By 0 to W - 1 places.
  AP_INLINE integer& lrotate(int places) requires(!S) { return rotate(places, W - places); }
  AP_INLINE integer& rrotate(int places) requires(!S) { return rotate(W - places, places); }
  AP_INLINE integer& lrotate(int) requires(S)
      = delete("Xilinx's headers rotate copies of the sign in; rotate an ap_uint<W>");
  AP_INLINE integer& rrotate(int) requires(S)
      = delete("Xilinx's headers rotate copies of the sign in; rotate an ap_uint<W>");
  AP_INLINE int countLeadingZeros() const {
    int zeros = W;
    _Pragma("clang loop unroll(full)") for (int index = 0; index < W; index++) {
      if (test(index)) zeros = W - 1 - index;
    }
    return zeros;
  }

  AP_INLINE bool and_reduce() const { return typename storage<W, false>::type(~v) == 0; }
  AP_INLINE bool or_reduce() const { return v != 0; }
  AP_INLINE bool nor_reduce() const { return !or_reduce(); }
  AP_INLINE bool xor_reduce() const requires(S)
      = delete("Xilinx's headers count copies of the sign; write ap_uint<W>(x).xor_reduce()");
  AP_INLINE bool xor_reduce() const requires(!S) {
    bool parity = false;
    _Pragma("clang loop unroll(full)") for (int index = 0; index < W; index++) parity ^= test(index);
    return parity;
  }

  // As Xilinx's: what an unsigned zero of one bit minus this integer is.
  AP_INLINE integer<max(W, 1 + S) + 1, true> operator-() const {
    integer<max(W, 1 + S) + 1, true> result;
    result.v = -typename storage<max(W, 1 + S) + 1, true>::type(v);
    return result;
  }
  AP_INLINE integer operator+() const { return *this; }
  AP_INLINE integer operator~() const {
    integer result;
    result.v = ~v;
    return result;
  }
  AP_INLINE bool operator!() const { return v == 0; }
  AP_INLINE integer& operator++() { put(v + 1); return *this; }
  AP_INLINE integer& operator--() { put(v - 1); return *this; }
  AP_INLINE integer operator++(int) { integer old = *this; put(v + 1); return old; }
  AP_INLINE integer operator--(int) { integer old = *this; put(v - 1); return old; }

 private:
  AP_INLINE integer& rotate(int up, int down) {
    typedef typename storage<W, false>::type bits_t;
    const bits_t bits = bits_t(v);
    put(bits_t((up < W ? bits_t(bits << up) : bits_t(0)) | (down < W ? bits_t(bits >> down) : bits_t(0))));
    return *this;
  }
};

template <int W, bool S>
AP_INLINE constexpr const typename storage<W, S>::type& raw(const integer<W, S>& value) {
  return value.v;
}

template <int W, bool S>
struct range_reference {
  typedef typename storage<W, false>::type bits_t;
  integer<W, S>& target;
  int high, low;

  AP_INLINE integer<W, false> mask() const {
    integer<W, false> ones;
    ones.v = bits_t(~bits_t(0)) >> (W - 1 - (high - low));
    return ones;
  }
  AP_INLINE integer<W, false> get() const {
    integer<W, false> result;
    result.v = (bits_t(target.v) >> low) & mask().v;
    return result;
  }
  template <class T>
  AP_INLINE range_reference& operator=(const T& value) {
    const bits_t ones = mask().v;
    const bits_t field = integer<W, false>(value).v & ones;
    target.put(bits_t((bits_t(target.v) & ~bits_t(ones << low)) | bits_t(field << low)));
    return *this;
  }
  AP_INLINE range_reference& operator=(const range_reference& other) { return *this = other.get(); }
  AP_INLINE operator unsigned long long() const { return (unsigned long long)get().v; }
  AP_INLINE int to_int() const { return int(get().v); }
  AP_INLINE unsigned to_uint() const { return unsigned(get().v); }
  AP_INLINE long long to_int64() const { return (long long)get().v; }
  AP_INLINE unsigned long long to_uint64() const { return (unsigned long long)get().v; }
  AP_INLINE int length() const { return high - low + 1; }
};

template <int W, bool S>
AP_INLINE integer<W, false> whole(const range_reference<W, S>& value) {
  return value.get();
}

template <int W, bool S>
struct bit_reference {
  integer<W, S>& target;
  int index;

  AP_INLINE operator bool() const { return bool((target.v >> index) & 1); }
  AP_INLINE bool to_bool() const { return bool(*this); }
  AP_INLINE bool operator~() const { return !bool(*this); }
  AP_INLINE int length() const { return 1; }
  template <Own T>
  AP_INLINE bit_reference& operator=(const T& value) {
    return *this = raw(whole(value)) != 0;
  }
  AP_INLINE bit_reference& operator=(bool value) {
    typedef typename storage<W, false>::type bits_t;
    target.put(bits_t((bits_t(target.v) & ~bits_t(bits_t(1) << index)) | bits_t(bits_t(value) << index)));
    return *this;
  }
  AP_INLINE bit_reference& operator=(const bit_reference& other) { return *this = bool(other); }
};

}  // namespace ap

template <int W>
using ap_int = ap::integer<W, true>;
template <int W>
using ap_uint = ap::integer<W, false>;

#include "ap_operators.h"
#include "ap_concatenation.h"

#endif
