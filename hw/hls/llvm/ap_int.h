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
    set(raw(whole(other)));
  }

  template <class T>
  AP_INLINE constexpr void set(const T& value) {
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
  AP_INLINE int length() const { return W; }

  AP_INLINE range_reference<W, S> range(int high, int low) const {
    return {const_cast<integer&>(*this), high, low};
  }
  AP_INLINE range_reference<W, S> operator()(int high, int low) const { return range(high, low); }
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
    c.set(value_t(raw(whole(a))) op value_t(raw(whole(b))));                            \
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
      c.set(divide_t(raw(whole(a))) op divide_t(raw(whole(b))));                        \
    } else {                                                                            \
      typedef typename result<A, B>::unsigned_divide_t unsigned_t;                      \
      c.set(unsigned_t(raw(whole(a))) op unsigned_t(raw(whole(b))));                    \
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
  c.set(count < A::width ? typename A::value_t(a.v << count) : typename A::value_t(0));
  return c;
}
template <class A>
AP_INLINE A right(const A& a, auto count) {
  A c;
  c.set(count < A::width ? typename A::value_t(a.v >> count) : typename A::value_t(a.v < 0 ? -1 : 0));
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
    a.set((a op assigned(b)).v);                                                        \
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

template <int W>
using ap_int = ap::integer<W, true>;
template <int W>
using ap_uint = ap::integer<W, false>;

#endif
