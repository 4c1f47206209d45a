// The comma of ap_int / ap_uint, of their ranges and bits: puts bits side by side, as in Xilinx's open headers. What
// it makes can be read as an integer, assigned to and put beside more. Operators take it as it is where an ap_int on
// its right is compared or combined bit by bit with it, and as an unsigned long long everywhere else.
#ifndef ASN_LLVM_AP_CONCATENATION_H
#define ASN_LLVM_AP_CONCATENATION_H

namespace ap {

template <class T>
constexpr int width_of = traits<T>::width;
template <class A, class B>
constexpr int width_of<concatenation<A, B>> = width_of<A> + width_of<B>;
template <class T>
constexpr bool is_concatenation = false;
template <class A, class B>
constexpr bool is_concatenation<concatenation<A, B>> = true;

template <class T>
concept Part = Own<T> || is_bit<T> || is_concatenation<T>;
template <class T>
concept Builtin = Foreign<T> && !is_bit<T>;

template <int W>
AP_INLINE integer<W, false> joined(const integer<W, false>& high, const integer<W, false>& low, int places) {
  integer<W, false> word;
  word.v = (high.v << places) | low.v;
  return word;
}
template <class T>
AP_INLINE integer<width_of<T>, false> bits_of_part(const T& part) {
  return part;
}

template <class A, class B>
struct concatenation {
  typedef integer<width_of<A> + width_of<B>, false> word_t;
  A& high;
  B& low;

  AP_INLINE int length() const { return high.length() + low.length(); }
  AP_INLINE word_t get() const {
    const word_t upper = bits_of_part(high), lower = bits_of_part(low);
    return joined(upper, lower, low.length());
  }
  template <class T>
  AP_INLINE concatenation& operator=(const T& value) {
    const word_t word = value;
    high = integer<width_of<A>, false>(word >> unsigned(low.length()));
    low = integer<width_of<B>, false>(word);
    return *this;
  }
  AP_INLINE concatenation& operator=(const concatenation& other) { return *this = other.get(); }

  static constexpr bool fits = width_of<A> + width_of<B> <= 64;
  AP_INLINE operator unsigned long long() const requires(fits) { return (unsigned long long)get().v; }
  operator unsigned long long() const requires(!fits)
      = delete("operators of Xilinx's headers drop what is above 64 bits; write ap_uint<N>((a, b))");
};

template <class A, class B>
AP_INLINE unsigned long long as_builtin(const concatenation<A, B>& value) {
  return value;
}

#define AP_CONCATENATION_LOGIC(op)                                                                             \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE integer<max(width_of<A> + width_of<B>, W), S> operator op(const concatenation<A, B>& a,            \
                                                                      const integer<W, S>& b) {                \
    return a.get() op b;                                                                                       \
  }                                                                                                            \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE integer<max(width_of<A> + width_of<B>, W), S> operator op(const integer<W, S>& a,                  \
                                                                      const concatenation<A, B>& b) {          \
    return a op b.get();                                                                                       \
  }
AP_CONCATENATION_LOGIC(&)
AP_CONCATENATION_LOGIC(|)
AP_CONCATENATION_LOGIC(^)

#define AP_CONCATENATION_COMPARISON(op)                                                                        \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE bool operator op(const concatenation<A, B>& a, const integer<W, S>& b) {                           \
    return a.get() op b;                                                                                       \
  }                                                                                                            \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE bool operator op(const integer<W, S>& a, const concatenation<A, B>& b) {                           \
    return a op b.get();                                                                                       \
  }
AP_CONCATENATION_COMPARISON(==)
AP_CONCATENATION_COMPARISON(!=)
AP_CONCATENATION_COMPARISON(<)
AP_CONCATENATION_COMPARISON(<=)
AP_CONCATENATION_COMPARISON(>)
AP_CONCATENATION_COMPARISON(>=)

#define AP_CONCATENATION_ARITHMETIC(op)                                                                        \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE auto operator op(const concatenation<A, B>& a, const integer<W, S>& b) {                           \
    return as_builtin(a) op b;                                                                                 \
  }                                                                                                            \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE auto operator op(const integer<W, S>& a, const concatenation<A, B>& b) {                           \
    return a op as_builtin(b);                                                                                 \
  }
AP_CONCATENATION_ARITHMETIC(+)
AP_CONCATENATION_ARITHMETIC(-)
AP_CONCATENATION_ARITHMETIC(*)
AP_CONCATENATION_ARITHMETIC(/)
AP_CONCATENATION_ARITHMETIC(%)

#define AP_CONCATENATION_SHIFT(op)                                                                             \
  template <class A, class B, Integer C>                                                                       \
  AP_INLINE auto operator op(const concatenation<A, B>& a, const C& amount) {                                  \
    return a.get() op amount;                                                                                  \
  }                                                                                                            \
  template <class A, class B, int W, bool S>                                                                   \
  AP_INLINE auto operator op(const integer<W, S>& a, const concatenation<A, B>& amount) {                      \
    return a op as_builtin(amount);                                                                            \
  }
AP_CONCATENATION_SHIFT(<<)
AP_CONCATENATION_SHIFT(>>)

#define AP_CONCATENATION_ASSIGN(op)                                                                            \
  template <int W, bool S, class A, class B>                                                                   \
  AP_INLINE integer<W, S>& operator op(integer<W, S>& a, const concatenation<A, B>& b) {                       \
    return a op as_builtin(b);                                                                                 \
  }
AP_CONCATENATION_ASSIGN(+=)
AP_CONCATENATION_ASSIGN(-=)
AP_CONCATENATION_ASSIGN(*=)
AP_CONCATENATION_ASSIGN(&=)
AP_CONCATENATION_ASSIGN(|=)
AP_CONCATENATION_ASSIGN(^=)

#undef AP_CONCATENATION_LOGIC
#undef AP_CONCATENATION_COMPARISON
#undef AP_CONCATENATION_ARITHMETIC
#undef AP_CONCATENATION_SHIFT
#undef AP_CONCATENATION_ASSIGN

template <Part A, Part B>
AP_INLINE concatenation<A, B> operator,(const A& a, const B& b) {
  return {const_cast<A&>(a), const_cast<B&>(b)};
}
template <Part A, Builtin B>
AP_INLINE integer<width_of<A> + width_of<B>, false> operator,(const A& a, const B& b) {
  const integer<width_of<A> + width_of<B>, false> upper = bits_of_part(a), lower = bits_of_part(b);
  return joined(upper, lower, width_of<B>);
}
template <Builtin A, Part B>
AP_INLINE integer<width_of<A> + width_of<B>, false> operator,(const A& a, const B& b) {
  const integer<width_of<A> + width_of<B>, false> upper = bits_of_part(a), lower = bits_of_part(b);
  return joined(upper, lower, b.length());
}
template <class A, class B, Builtin C>
integer<1, false> operator,(const concatenation<A, B>& a, const C& b) =
    delete("a part of a concatenation must be an ap_int or ap_uint, not a built-in integer; write ap_uint<N>(x)");
template <Builtin A, class B, class C>
integer<1, false> operator,(const A& a, const concatenation<B, C>& b) =
    delete("a part of a concatenation must be an ap_int or ap_uint, not a built-in integer; write ap_uint<N>(x)");

}  // namespace ap

#endif
