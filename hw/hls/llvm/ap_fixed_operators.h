// The operators of ap_fixed / ap_ufixed, with the result types of Xilinx's open headers: exact, but for division.
#ifndef ASN_LLVM_AP_FIXED_OPERATORS_H
#define ASN_LLVM_AP_FIXED_OPERATORS_H

namespace ap {

// An operand as a fixed-point number: integers have no places.
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
AP_INLINE const fixed<W, I, S, Q, O, N>& as_fixed(const fixed<W, I, S, Q, O, N>& value) {
  return value;
}
template <Integer T>
AP_INLINE auto as_fixed(const T& value) {
  return fixed<traits<T>::width, traits<T>::width, traits<T>::is_signed>(value);
}
template <class A, class B>
concept FixedOperands = (Fixed<A> && (Fixed<B> || Integer<B>)) || (Integer<A> && Fixed<B>);

template <class A, class B>
struct fixed_result {
  static constexpr int wa = A::width, ia = A::iwidth, fa = wa - ia, wb = B::width, ib = B::iwidth, fb = wb - ib;
  static constexpr bool sa = A::is_signed, sb = B::is_signed, either = sa || sb;
  static constexpr int common = max(ia + (sb && !sa), ib + (sa && !sb)), places = max(fa, fb);
  typedef fixed<common + 1 + places, common + 1, either> sum;
  typedef fixed<common + 1 + places, common + 1, true> difference;
  typedef fixed<common + places, common, either> logic;
  typedef fixed<wa + wb, ia + ib, either> product;
  typedef fixed<sb + wa + max(fb, 0), sb + ia + fb, either> quotient;
};

#define AP_FIXED_ARITHMETIC(op, kind)                                                                          \
  template <class A, class B>                                                                                  \
    requires FixedOperands<A, B>                                                                               \
  AP_INLINE auto operator op(const A& a, const B& b) {                                                         \
    const auto& x = as_fixed(a);                                                                               \
    const auto& y = as_fixed(b);                                                                               \
    typedef typename fixed_result<__remove_cvref(decltype(x)), __remove_cvref(decltype(y))>::kind result_t;    \
    result_t result;                                                                                           \
    result.V.put(result_t(x).V.v op result_t(y).V.v);                                                          \
    return result;                                                                                             \
  }
AP_FIXED_ARITHMETIC(+, sum)
AP_FIXED_ARITHMETIC(-, difference)
AP_FIXED_ARITHMETIC(&, logic)
AP_FIXED_ARITHMETIC(|, logic)
AP_FIXED_ARITHMETIC(^, logic)

template <class A, class B>
  requires FixedOperands<A, B>
AP_INLINE auto operator*(const A& a, const B& b) {
  const auto& x = as_fixed(a);
  const auto& y = as_fixed(b);
  typename fixed_result<__remove_cvref(decltype(x)), __remove_cvref(decltype(y))>::product result;
  result.V.put((x.V * y.V).v);
  return result;
}
// Of the dividend with as many more places as the divisor has.
template <class A, class B>
  requires FixedOperands<A, B>
AP_INLINE auto operator/(const A& a, const B& b) {
  const auto& x = as_fixed(a);
  const auto& y = as_fixed(b);
  typedef fixed_result<__remove_cvref(decltype(x)), __remove_cvref(decltype(y))> of;
  const fixed<of::wa + max(of::fb, 0), of::ia, of::sa> dividend = x;
  typename of::quotient result;
  result.V.put((dividend.V / y.V).v);
  if constexpr (Fixed<A>) {
    return result;
  } else {  // Xilinx's headers declare it as if the operands changed places
    typedef fixed_result<__remove_cvref(decltype(y)), __remove_cvref(decltype(x))> swapped;
    return typename swapped::quotient(result);
  }
}

// A shift moves bits and keeps the type; nothing is rounded.
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, Integer T>
AP_INLINE fixed<W, I, S, Q, O, N> operator<<(const fixed<W, I, S, Q, O, N>& a, const T& places) {
  fixed<W, I, S, Q, O, N> result;
  result.V = a.V << places;
  return result;
}
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, Integer T>
AP_INLINE fixed<W, I, S, Q, O, N> operator>>(const fixed<W, I, S, Q, O, N>& a, const T& places) {
  fixed<W, I, S, Q, O, N> result;
  result.V = a.V >> places;
  return result;
}

// Of two numbers of different places, the coarser one becomes as fine as the other.
#define AP_FIXED_COMPARISON(op)                                                                                \
  template <class A, class B>                                                                                  \
    requires FixedOperands<A, B>                                                                               \
  AP_INLINE bool operator op(const A& a, const B& b) {                                                         \
    const auto& x = as_fixed(a);                                                                               \
    const auto& y = as_fixed(b);                                                                               \
    typedef fixed_result<__remove_cvref(decltype(x)), __remove_cvref(decltype(y))> of;                         \
    if constexpr (of::fa == of::fb) return x.V op y.V;                                                         \
    if constexpr (of::fa > of::fb)                                                                             \
      return x.V op fixed<max(of::wb + of::fa - of::fb, 1), of::ib, of::sb>(y).V;                              \
    if constexpr (of::fa < of::fb)                                                                             \
      return fixed<max(of::wa + of::fb - of::fa + 1, 1), of::ia + 1, of::sa>(x).V op y.V;                      \
  }                                                                                                            \
  template <Fixed A, Real B>                                                                                   \
  AP_INLINE bool operator op(const A& a, const B& b) {                                                         \
    return typename A::exact_t(a) op A::exactly(b);                                                            \
  }                                                                                                            \
  template <Real A, Fixed B>                                                                                   \
  AP_INLINE bool operator op(const A& a, const B& b) {                                                         \
    return B::exactly(a) op typename B::exact_t(b);                                                            \
  }
AP_FIXED_COMPARISON(==)
AP_FIXED_COMPARISON(!=)
AP_FIXED_COMPARISON(<)
AP_FIXED_COMPARISON(<=)
AP_FIXED_COMPARISON(>)
AP_FIXED_COMPARISON(>=)

#define AP_FIXED_ASSIGN(op)                                                                                    \
  template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N, class B>                                    \
    requires(Fixed<B> || Integer<B>)                                                                           \
  AP_INLINE fixed<W, I, S, Q, O, N>& operator op##=(fixed<W, I, S, Q, O, N>& a, const B& b) {                  \
    return a = a op b;                                                                                         \
  }
AP_FIXED_ASSIGN(+)
AP_FIXED_ASSIGN(-)
AP_FIXED_ASSIGN(*)
AP_FIXED_ASSIGN(/)
AP_FIXED_ASSIGN(&)
AP_FIXED_ASSIGN(|)
AP_FIXED_ASSIGN(^)
AP_FIXED_ASSIGN(<<)
AP_FIXED_ASSIGN(>>)

#undef AP_FIXED_ARITHMETIC
#undef AP_FIXED_COMPARISON
#undef AP_FIXED_ASSIGN

}  // namespace ap

#endif
