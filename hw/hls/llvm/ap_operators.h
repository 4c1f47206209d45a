// The operators of ap_int / ap_uint and of their ranges and bits, with the result types of Xilinx's open headers.
#ifndef ASN_LLVM_AP_OPERATORS_H
#define ASN_LLVM_AP_OPERATORS_H

namespace ap {

// Result types, as in Xilinx's ap_int_base.
template <class A, class B>
struct result {
  static constexpr bool sa = traits<A>::is_signed, sb = traits<B>::is_signed;
  static constexpr int wa = traits<A>::width, wb = traits<B>::width;
  static constexpr bool either = sa || sb;
  static constexpr int common = max(wa + (sb && !sa), wb + (sa && !sb));
  typedef integer<common + 1, either> sum;
  typedef integer<common + 1, true> difference;
  typedef integer<wa + wb, either> product;
  typedef integer<wa + sb, either> quotient;
  typedef integer<min(wa, wb + (!sb && sa)), sa> remainder;
  typedef integer<common, either> logic;
  // Comparisons of a signed with an unsigned integer follow Xilinx's headers, which follow C: they are unsigned
  // if the unsigned operand is not the narrower one, unless both have fewer than 32 bits; equality looks at the
  // bits of the wider operand, at 64 if both are of one width up to that, at 32 at least.
  static constexpr bool mixed = sa != sb, narrow = wa < 32 && wb < 32;
  static constexpr bool as_unsigned = mixed && !narrow && (sa ? wb >= wa : wa >= wb);
  static constexpr int same_width = mixed && wa == wb && wa <= 64 ? 64 : max(max(wa, wb), 32);
  typedef typename storage<max(wa, wb) + 1, !as_unsigned>::type compare_t;
  typedef typename storage<same_width, false>::type same_t;
  static constexpr bool wider_signed = wa > wb ? sa : wb > wa ? sb : either;
  typedef typename storage<max(wa, wb) + 2, true>::type divide_t;
  typedef typename storage<max(wa, wb) + either, false>::type unsigned_divide_t;
};

template <class A, class B>
concept Operands = Integer<A> && Integer<B> && (traits<A>::own || traits<B>::own);
// Xilinx's headers have no comparison of a built-in integer with a range: the range becomes one of 64 bits.
template <class A, class B>
concept BuiltinFirst = Foreign<A> && is_range<B>;

// What results are declared as: with a whole integer, a range counts as signed if what it is a part of is signed.
template <class A, class B>
struct as_declared {
  typedef A type;
};
template <int W, bool S, int W2, bool S2>
struct as_declared<range_reference<W, S>, integer<W2, S2>> {
  typedef integer<W, S> type;
};
template <class A, class B>
using declared = result<typename as_declared<A, B>::type, typename as_declared<B, A>::type>;

#define AP_ARITHMETIC(op, kind)                                                         \
  template <class A, class B>                                                           \
    requires Operands<A, B>                                                             \
  AP_INLINE typename declared<A, B>::kind operator op(const A& a, const B& b) {         \
    typedef typename result<A, B>::kind result_t;                                       \
    typedef typename result_t::value_t value_t;                                         \
    result_t c;                                                                         \
    c.put(value_t(raw(whole(a))) op value_t(raw(whole(b))));                            \
    return c;                                                                           \
  }
AP_ARITHMETIC(+, sum)
AP_ARITHMETIC(-, difference)
AP_ARITHMETIC(*, product)
AP_ARITHMETIC(&, logic)
AP_ARITHMETIC(|, logic)
AP_ARITHMETIC(^, logic)

// As in Xilinx's headers, of a signed and an unsigned operand the wider one says whether the division is signed
// (signed, if they are equally wide), and a remainder is signed only if its left operand is, too.
#define AP_DIVISION(op, kind, as_signed)                                                \
  template <class A, class B>                                                           \
    requires Operands<A, B>                                                             \
  AP_INLINE typename declared<A, B>::kind operator op(const A& a, const B& b) {         \
    typedef typename result<A, B>::divide_t divide_t;                                   \
    typename result<A, B>::kind c;                                                      \
    if constexpr (as_signed) {                                                          \
      c.put(divide_t(raw(whole(a))) op divide_t(raw(whole(b))));                        \
    } else {                                                                            \
      typedef typename result<A, B>::unsigned_divide_t unsigned_t;                      \
      c.put(unsigned_t(raw(whole(a))) op unsigned_t(raw(whole(b))));                    \
    }                                                                                   \
    return c;                                                                           \
  }
AP_DIVISION(/, quotient, (result<A, B>::wider_signed))
AP_DIVISION(%, remainder, (result<A, B>::sa && result<A, B>::wider_signed))

#define AP_COMPARISON(op, kind)                                                         \
  template <class A, class B>                                                           \
    requires(Operands<A, B> && !BuiltinFirst<A, B>)                                     \
  AP_INLINE bool operator op(const A& a, const B& b) {                                  \
    typedef typename result<A, B>::kind kind;                                           \
    return kind(raw(whole(a))) op kind(raw(whole(b)));                                  \
  }                                                                                     \
  template <class A, class B>                                                           \
    requires BuiltinFirst<A, B>                                                         \
  AP_INLINE bool operator op(const A& a, const B& b) {                                  \
    return a op b.to_uint64();                                                          \
  }
AP_COMPARISON(==, same_t)
AP_COMPARISON(!=, same_t)
AP_COMPARISON(<, compare_t)
AP_COMPARISON(<=, compare_t)
AP_COMPARISON(>, compare_t)
AP_COMPARISON(>=, compare_t)

// A shift keeps the type of its left operand. Amounts past the width shift everything out (or in: the sign),
// negative ones shift the other way; of an amount of our own, 32 bits count.
template <class A>
AP_INLINE A left(const A& a, auto count) {
  A c;
  c.put(count < A::width ? typename A::value_t(a.v << count) : typename A::value_t(0));
  return c;
}
template <class A>
AP_INLINE A right(const A& a, auto count) {
  A c;
  c.put(count < A::width ? typename A::value_t(a.v >> count) : typename A::value_t(a.v < 0 ? -1 : 0));
  return c;
}
template <class B>
AP_INLINE auto magnitude(const B& amount) {
  typedef typename storage<traits<B>::width, false>::type bits_t;
  const auto& value = whole(amount);
  const bits_t bits = raw(value) < 0 ? bits_t(-bits_t(raw(value))) : bits_t(raw(value));
  if constexpr (traits<B>::own || traits<B>::width <= 32) {
    return unsigned(bits);
  } else {
    return (unsigned long long)bits;
  }
}
template <class A, class B>
concept Shift = Integer<A> && Integer<B> && (Own<A> || is_range<B> || (is_bit<A> && Own<B>));

#define AP_SHIFT(op, way, other)                                                        \
  template <class A, class B>                                                           \
    requires Shift<A, B>                                                                \
  AP_INLINE auto operator op(const A& a, const B& amount) {                             \
    typedef typename as_declared<A, B>::type declared_t;                                \
    const integer<traits<A>::width, traits<A>::is_signed> value = a;                    \
    typedef integer<traits<A>::width, traits<declared_t>::is_signed> result_t;          \
    if constexpr (traits<B>::is_signed) {                                               \
      if (raw(whole(amount)) < 0) return result_t(other(value, magnitude(amount)));     \
    }                                                                                   \
    return result_t(way(value, magnitude(amount)));                                     \
  }
AP_SHIFT(<<, left, right)
AP_SHIFT(>>, right, left)

// The right operand of an assignment: a built-in integer becomes one of ours, a range one of 64 bits.
template <int W, bool S>
AP_INLINE const integer<W, S>& assigned(const integer<W, S>& b) {
  return b;
}
template <Foreign B>
AP_INLINE integer<traits<B>::width, traits<B>::is_signed> assigned(const B& b) {
  return b;
}
template <int W, bool S>
AP_INLINE integer<64, false> assigned(const range_reference<W, S>& b) {
  return b.to_uint64();
}

#define AP_ASSIGN(op)                                                                   \
  template <int W, bool S, Integer B>                                                   \
  AP_INLINE integer<W, S>& operator op##=(integer<W, S>& a, const B& b) {               \
    a.put((a op assigned(b)).v);                                                        \
    return a;                                                                           \
  }
AP_ASSIGN(+)
AP_ASSIGN(-)
AP_ASSIGN(*)
AP_ASSIGN(/)
AP_ASSIGN(%)
AP_ASSIGN(&)
AP_ASSIGN(|)
AP_ASSIGN(^)
AP_ASSIGN(<<)
AP_ASSIGN(>>)

#undef AP_ARITHMETIC
#undef AP_DIVISION
#undef AP_COMPARISON
#undef AP_SHIFT
#undef AP_ASSIGN

}  // namespace ap

#endif
