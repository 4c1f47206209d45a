// ap_int / ap_uint for the embedded HLS engine: the same values as Xilinx's open headers (results widen by the
// same rules), but every integer is one clang _BitInt, so that the compiler's optimiser sees plain arithmetic.
#ifndef ASN_LLVM_AP_INT_H
#define ASN_LLVM_AP_INT_H

#define AP_INLINE __attribute__((always_inline)) inline

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

// Width and signedness of every operand type: our integers and the built-in ones.
template <class T>
struct traits {
  static constexpr bool known = false;
};
template <int W, bool S>
struct traits<integer<W, S>> {
  static constexpr bool known = true, own = true, is_signed = S;
  static constexpr int width = W;
};
template <class T, int W, bool S>
struct builtin_traits {
  static constexpr bool known = true, own = false, is_signed = S;
  static constexpr int width = W;
};
template <> struct traits<bool> : builtin_traits<bool, 1, false> {};
template <> struct traits<char> : builtin_traits<char, 8, true> {};
template <> struct traits<signed char> : builtin_traits<signed char, 8, true> {};
template <> struct traits<unsigned char> : builtin_traits<unsigned char, 8, false> {};
template <> struct traits<short> : builtin_traits<short, 16, true> {};
template <> struct traits<unsigned short> : builtin_traits<unsigned short, 16, false> {};
template <> struct traits<int> : builtin_traits<int, 32, true> {};
template <> struct traits<unsigned> : builtin_traits<unsigned, 32, false> {};
template <> struct traits<long> : builtin_traits<long, 64, true> {};
template <> struct traits<unsigned long> : builtin_traits<unsigned long, 64, false> {};
template <> struct traits<long long> : builtin_traits<long long, 64, true> {};
template <> struct traits<unsigned long long> : builtin_traits<unsigned long long, 64, false> {};

template <class T>
concept Integer = traits<T>::known;

// The bare _BitInt of an operand.
template <int W, bool S>
AP_INLINE constexpr const typename storage<W, S>::type& raw(const integer<W, S>& value);
template <class T>
  requires(traits<T>::known && !traits<T>::own)
AP_INLINE constexpr auto raw(const T& value) {
  return typename storage<traits<T>::width, traits<T>::is_signed>::type(value);
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
    set(raw(other));
  }
  template <int W2, bool S2>
  AP_INLINE integer(const range_reference<W2, S2>& other) {
    set(other.get().v);
  }
  template <int W2, bool S2>
  AP_INLINE integer(const bit_reference<W2, S2>& other) {
    set(typename storage<1, false>::type(bool(other)));
  }

  template <class T>
  AP_INLINE constexpr void set(const T& value) {
    if constexpr (W == 1 && S) {
      v = (value & 1) ? -1 : 0;
    } else {
      v = value_t(value);
    }
  }


  // Like Xilinx's: an integer converts to the built-in type of its size.
  AP_INLINE operator long long() const requires(S) { return (long long)v; }
  AP_INLINE operator unsigned long long() const requires(!S) { return (unsigned long long)v; }
  AP_INLINE explicit operator bool() const { return v != 0; }
  AP_INLINE int to_int() const { return int(v); }
  AP_INLINE unsigned to_uint() const { return unsigned(v); }
  AP_INLINE long long to_int64() const { return (long long)v; }
  AP_INLINE unsigned long long to_uint64() const { return (unsigned long long)v; }
  AP_INLINE bool to_bool() const { return v != 0; }
  AP_INLINE int length() const { return W; }

  AP_INLINE range_reference<W, S> range(int high, int low) { return {*this, high, low}; }
  AP_INLINE integer<W, false> range(int high, int low) const {
    return range_reference<W, S>{const_cast<integer&>(*this), high, low}.get();
  }
  AP_INLINE range_reference<W, S> operator()(int high, int low) { return range(high, low); }
  AP_INLINE integer<W, false> operator()(int high, int low) const { return range(high, low); }
  AP_INLINE bit_reference<W, S> operator[](int index) { return {*this, index}; }
  AP_INLINE bool operator[](int index) const { return bool((v >> index) & 1); }
  AP_INLINE bool test(int index) const { return bool((v >> index) & 1); }

  AP_INLINE bool and_reduce() const { return typename storage<W, false>::type(~v) == 0; }
  AP_INLINE bool or_reduce() const { return v != 0; }
  AP_INLINE bool xor_reduce() const {
    bool parity = false;
    _Pragma("clang loop unroll(full)") for (int index = 0; index < W; index++) parity ^= test(index);
    return parity;
  }

  AP_INLINE integer<W + 1, true> operator-() const {
    integer<W + 1, true> result;
    result.v = -typename storage<W + 1, true>::type(v);
    return result;
  }
  AP_INLINE integer operator+() const { return *this; }
  AP_INLINE integer operator~() const {
    integer result;
    result.v = ~v;
    return result;
  }
  AP_INLINE bool operator!() const { return v == 0; }
  AP_INLINE integer& operator++() { set(v + 1); return *this; }
  AP_INLINE integer& operator--() { set(v - 1); return *this; }
  AP_INLINE integer operator++(int) { integer old = *this; set(v + 1); return old; }
  AP_INLINE integer operator--(int) { integer old = *this; set(v - 1); return old; }
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
    target.set(bits_t((bits_t(target.v) & ~bits_t(ones << low)) | bits_t(field << low)));
    return *this;
  }
  AP_INLINE range_reference& operator=(const range_reference& other) { return *this = other.get(); }
  AP_INLINE operator unsigned long long() const { return (unsigned long long)get().v; }
  AP_INLINE int to_int() const { return int(get().v); }
  AP_INLINE unsigned to_uint() const { return unsigned(get().v); }
};

template <int W, bool S>
struct bit_reference {
  integer<W, S>& target;
  int index;

  AP_INLINE operator bool() const { return bool((target.v >> index) & 1); }
  AP_INLINE bit_reference& operator=(bool value) {
    typedef typename storage<W, false>::type bits_t;
    target.set(bits_t((bits_t(target.v) & ~bits_t(bits_t(1) << index)) | bits_t(bits_t(value) << index)));
    return *this;
  }
  AP_INLINE bit_reference& operator=(const bit_reference& other) { return *this = bool(other); }
};

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

#define AP_ARITHMETIC(op, kind)                                       \
  template <class A, class B>                                         \
    requires Operands<A, B>                                           \
  AP_INLINE typename result<A, B>::kind operator op(const A& a, const B& b) {       \
    typedef typename result<A, B>::kind result_t;                     \
    typedef typename result_t::value_t value_t;                       \
    result_t c;                                                       \
    c.set(value_t(raw(a)) op value_t(raw(b)));                        \
    return c;                                                         \
  }
AP_ARITHMETIC(+, sum)
AP_ARITHMETIC(-, difference)
AP_ARITHMETIC(*, product)
AP_ARITHMETIC(&, logic)
AP_ARITHMETIC(|, logic)
AP_ARITHMETIC(^, logic)

// As in Xilinx's headers, of a signed and an unsigned operand the wider one says whether the division is signed
// (signed, if they are equally wide), and a remainder is signed only if its left operand is, too.
#define AP_DIVISION(op, kind, as_signed)                              \
  template <class A, class B>                                         \
    requires Operands<A, B>                                           \
  AP_INLINE typename result<A, B>::kind operator op(const A& a, const B& b) {       \
    typedef typename result<A, B>::divide_t divide_t;                 \
    typename result<A, B>::kind c;                                    \
    if constexpr (as_signed) {                                        \
      c.set(divide_t(raw(a)) op divide_t(raw(b)));                    \
    } else {                                                          \
      typedef typename result<A, B>::unsigned_divide_t unsigned_t;    \
      c.set(unsigned_t(raw(a)) op unsigned_t(raw(b)));                \
    }                                                                 \
    return c;                                                         \
  }
AP_DIVISION(/, quotient, (result<A, B>::wider_signed))
AP_DIVISION(%, remainder, (result<A, B>::sa && result<A, B>::wider_signed))

#define AP_COMPARISON(op, kind)                                       \
  template <class A, class B>                                         \
    requires Operands<A, B>                                           \
  AP_INLINE bool operator op(const A& a, const B& b) {                              \
    typedef typename result<A, B>::kind kind;                         \
    return kind(raw(a)) op kind(raw(b));                              \
  }
AP_COMPARISON(==, same_t)
AP_COMPARISON(!=, same_t)
AP_COMPARISON(<, compare_t)
AP_COMPARISON(<=, compare_t)
AP_COMPARISON(>, compare_t)
AP_COMPARISON(>=, compare_t)

// A shift keeps the type of its left operand. Amounts past the width shift everything out (or in: the sign).
template <int W, bool S, Integer B>
AP_INLINE integer<W, S> operator<<(const integer<W, S>& a, const B& amount) {
  integer<W, S> c;
  const unsigned count = unsigned(raw(amount));
  c.set(count < W ? typename integer<W, S>::value_t(a.v << count) : typename integer<W, S>::value_t(0));
  return c;
}
template <int W, bool S, Integer B>
AP_INLINE integer<W, S> operator>>(const integer<W, S>& a, const B& amount) {
  integer<W, S> c;
  const unsigned count = unsigned(raw(amount));
  typedef typename integer<W, S>::value_t value_t;
  c.set(count < W ? value_t(a.v >> count) : value_t(a.v < 0 ? -1 : 0));
  return c;
}

#define AP_ASSIGN(op)                                                 \
  template <int W, bool S, class B>                                   \
  AP_INLINE integer<W, S>& operator op##=(integer<W, S>& a, const B& b) { \
    a.set((a op b).v);                                                \
    return a;                                                         \
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
#undef AP_ASSIGN

}  // namespace ap

template <int W>
using ap_int = ap::integer<W, true>;
template <int W>
using ap_uint = ap::integer<W, false>;

#endif
