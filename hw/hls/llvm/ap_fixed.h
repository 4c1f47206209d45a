// ap_fixed / ap_ufixed for the embedded HLS engine: the values of Xilinx's open headers, with one _BitInt in each. A
// number is an integer of W bits divided by 2^(W - I). N wrapped bits and AP_WRAP_SM are not built.
#ifndef ASN_LLVM_AP_FIXED_H
#define ASN_LLVM_AP_FIXED_H

#include "ap_int.h"

enum ap_q_mode { AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV, AP_TRN, AP_TRN_ZERO };
enum ap_o_mode { AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP, AP_WRAP_SM };

namespace ap {

template <int W, int I, bool S, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct fixed;

template <class T>
constexpr bool is_fixed = false;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr bool is_fixed<fixed<W, I, S, Q, O, N>> = true;
template <class T>
concept Fixed = is_fixed<T>;
template <class T>
concept Real = __is_same(T, float) || __is_same(T, double);

// Passed by reference: clang's calling convention cuts those of 65 to 128 bits in two.
template <int W>
using signed_bits = signed _BitInt(W);

// What is added where `dropped` low bits of a number are cut off.
template <ap_q_mode Q, int W>
AP_INLINE constexpr bool rounds_up(const signed_bits<W>& value, int dropped) {
  if constexpr (Q == AP_TRN) return false;
  const bool half = bool((value >> (dropped - 1)) & 1), negative = value < 0, last = bool((value >> dropped) & 1);
  const bool more = (value & ((signed_bits<W>(1) << (dropped - 1)) - 1)) != 0;
  if constexpr (Q == AP_RND) return half;
  if constexpr (Q == AP_RND_ZERO) return half && (negative || more);
  if constexpr (Q == AP_RND_MIN_INF) return half && more;
  if constexpr (Q == AP_RND_INF) return half && (!negative || more);
  if constexpr (Q == AP_RND_CONV) return half && (last || more);
  return negative && (half || more);
}

// Makes a number of any size one of W bits.
template <int W, bool S, ap_o_mode O, int WIDE>
AP_INLINE constexpr void fit(signed_bits<WIDE>& value) {
  if constexpr (O != AP_WRAP) {
    typedef signed_bits<WIDE> wide_t;
    const wide_t most = (wide_t(1) << (W - S)) - 1;
    const wide_t least = !S ? wide_t(0) : O == AP_SAT_SYM ? wide_t(-most) : wide_t(-most - 1);
    const bool above = value > most, below = value < least;
    if (above) value = O == AP_SAT_ZERO ? wide_t(0) : most;
    if (below) value = O == AP_SAT_ZERO ? wide_t(0) : least;
  }
}

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
struct fixed {
  static_assert(O != AP_WRAP_SM && N == 0, "AP_WRAP_SM and wrapped bits (N) are not built; use AP_WRAP or AP_SAT");
  static const int width = W, iwidth = I, places = W - I;
  static const bool is_signed = S;
  static const ap_q_mode qmode = Q;
  static const ap_o_mode omode = O;
  integer<W, S> V;

  fixed() = default;
  AP_INLINE constexpr fixed(const fixed& other) : V(other.V) {}
  AP_INLINE fixed& operator=(const fixed& other) {
    V = other.V;
    return *this;
  }
  template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
  AP_INLINE constexpr fixed(const fixed<W2, I2, S2, Q2, O2, N2>& other) {
    take<W2 - I2>(other.V);
  }
  template <Integer T>
  AP_INLINE constexpr fixed(const T& value) {
    take<0>(integer<traits<T>::width, traits<T>::is_signed>(value));
  }
  template <class A, class B>
  AP_INLINE fixed(const concatenation<A, B>& value) {
    take<0>(value.get());
  }
  // The bits of a number that is known while compiling; others are floating point, which is refused.
  template <Real T>
  AP_INLINE constexpr fixed(const T& value) {
    take<finest>(exactly(value).V);
  }
  fixed(const char*) = delete("write the number without quotes");

  // Rounds and saturates as fixed<W, I, S, Q, O> does; two places and a rest decide that of any real number.
  static const int finest = places > 0 ? places + 2 : 2;
  typedef fixed<W + (finest - places) + 64, I + 64, true> exact_t;
  static AP_INLINE constexpr exact_t exactly(double value) {
    const unsigned long long bits = __builtin_bit_cast(unsigned long long, value);
    const int exponent = int(bits >> 52 & 2047) - 1075 + finest;
    const unsigned _BitInt(64) mantissa = (bits & ((1ull << 52) - 1)) | 1ull << 52;
    constexpr int SIZE = exact_t::width + 64;
    signed_bits<SIZE> magnitude = 0;
    if ((bits << 1) == 0) {
      magnitude = 0;
    } else if (exponent >= 0) {
      magnitude = signed_bits<SIZE>(mantissa) << (exponent < exact_t::width - 54 ? exponent : exact_t::width - 54);
    } else {
      const int cut = exponent < -63 ? 63 : -exponent;
      magnitude = signed_bits<SIZE>(mantissa >> cut);
      if ((mantissa & ((1ull << cut) - 1)) != 0) magnitude |= 1;
    }
    exact_t result;
    result.V.put(bits >> 63 ? signed_bits<SIZE>(-magnitude) : magnitude);
    return result;
  }

  AP_INLINE int to_int() const { return int(whole_part().v); }
  AP_INLINE unsigned to_uint() const { return unsigned(whole_part().v); }
  AP_INLINE long long to_int64() const { return (long long)whole_part().v; }
  AP_INLINE unsigned long long to_uint64() const { return (unsigned long long)whole_part().v; }
  AP_INLINE long to_long() const { return long(whole_part().v); }
  AP_INLINE double to_double() const { return double(V.to_int64()) / double(1ull << (places > 0 ? places : 0)); }
  AP_INLINE float to_float() const { return float(to_double()); }
  AP_INLINE integer<max(I, 1), S> to_ap_int_base() const {
    integer<max(I, 1), S> result;
    result.put(whole_part().v);
    return result;
  }
  template <int W2, bool S2>
  AP_INLINE operator integer<W2, S2>() const {
    return integer<W2, S2>(to_ap_int_base());
  }
  template <class T>
    requires(Foreign<T> && !__is_same(T, bool) && !is_bit<T>)
  AP_INLINE operator T() const {
    return T(to_ap_int_base().v);
  }
  AP_INLINE explicit operator bool() const { return V.v != 0; }

  AP_INLINE int length() const { return W; }
  AP_INLINE bit_reference<W, S> operator[](int index) { return V[index]; }
  AP_INLINE bool operator[](int index) const { return V.test(index); }
  AP_INLINE auto range(int high, int low) const AP_FORWARD_RANGE { return V.range(high, low); }
  AP_INLINE auto operator()(int high, int low) const AP_FORWARD_RANGE { return V.range(high, low); }
  AP_INLINE auto range() const { return V.range(W - 1, 0); }
  AP_INLINE auto operator()() const { return V.range(W - 1, 0); }
  AP_INLINE bool is_zero() const { return V.v == 0; }
  AP_INLINE bool is_neg() const { return S && V.v < 0; }
  AP_INLINE int wl() const { return W; }
  AP_INLINE int iwl() const { return I; }
  AP_INLINE fixed& setBits(unsigned long long bits) {
    V.put(bits);
    return *this;
  }

  AP_INLINE bool operator!() const { return V.v == 0; }
  AP_INLINE fixed operator+() const { return *this; }
  AP_INLINE fixed<W + 1, I + 1, true> operator-() const {
    fixed<W + 1, I + 1, true> result;
    result.V.put(-signed_bits<W + 2>(V.v));
    return result;
  }
  AP_INLINE fixed<W, I, S> operator~() const {
    fixed<W, I, S> result;
    result.V.put(~V.v);
    return result;
  }
  AP_INLINE fixed& operator++() { return *this = *this + fixed<places + 1, 1, false>(1); }
  AP_INLINE fixed& operator--() { return *this = *this - fixed<places + 1, 1, false>(1); }
  AP_INLINE fixed operator++(int) {
    const fixed old = *this;
    ++*this;
    return old;
  }
  AP_INLINE fixed operator--(int) {
    const fixed old = *this;
    --*this;
    return old;
  }

  // Becomes a number of so many places.
  template <int PLACES, int W2, bool S2>
  AP_INLINE constexpr void take(const integer<W2, S2>& other) {
    constexpr int dropped = PLACES - places;
    constexpr int WIDE = max(W, W2 + max(0, -dropped)) + max(0, dropped) + 2;
    signed_bits<WIDE> exact = signed_bits<WIDE>(other.v);
    if constexpr (dropped > 0) {
      const bool up = rounds_up<Q, WIDE>(exact, dropped);
      exact = (exact >> dropped) + up;
    } else {
      exact = exact << -dropped;
    }
    fit<W, S, O, WIDE>(exact);
    V.put(exact);
  }

 private:
  // Towards zero, in as many bits as C++ may ask for.
  AP_INLINE integer<max(W, 64) + max(0, -places) + 2, true> whole_part() const {
    constexpr int WIDE = max(W, 64) + max(0, -places) + 2;
    typedef signed_bits<WIDE> wide_t;
    integer<WIDE, true> whole;
    if constexpr (places <= 0) {
      whole.v = wide_t(V.v) << -places;
    } else {
      constexpr int cut = places < WIDE ? places : WIDE - 1;
      const wide_t value = wide_t(V.v), floor = value >> cut;
      whole.v = wide_t(floor + ((value < 0 && (floor << cut) != value) ? 1 : 0));
    }
    return whole;
  }
};

}  // namespace ap

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_fixed = ap::fixed<W, I, true, Q, O, N>;
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_ufixed = ap::fixed<W, I, false, Q, O, N>;

#include "ap_fixed_operators.h"

#endif
