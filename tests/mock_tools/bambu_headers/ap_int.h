// What Bambu's ap_int.h offers (ac_int of its libbambu, 2024.10), as declarations: enough to compile a network as its
// front end does, and to be refused what it refuses. Conversions and the copy are explicit there; results are as wide
// as those of Algorithmic C, ~ by one bit wider; a range read of a constant is as wide as the integer.
#ifndef MOCK_BAMBU_AP_INT_H
#define MOCK_BAMBU_AP_INT_H

template <int W, bool S>
class ac_int;
template <int W, bool S>
class range_ref;

namespace ac {
constexpr int larger(int a, int b) { return a > b ? a : b; }

template <int W, bool S, int W2, bool S2>
struct results {
  static const bool either = S || S2;
  static const int common = larger(W + (S2 && !S), W2 + (S && !S2));
  typedef ac_int<W + W2, either> product;
  typedef ac_int<common + 1, either> sum;
  typedef ac_int<common + 1, true> difference;
  typedef ac_int<common, either> logic;
};

// Up to 64 bits there is a conversion that needs no cast.
template <bool SHORT, bool S>
struct implicit {};
template <>
struct implicit<true, true> {
  operator long long() const;
};
template <>
struct implicit<true, false> {
  operator unsigned long long() const;
};
}  // namespace ac

template <int W, bool S>
class ac_int : public ac::implicit<(W <= 64), S> {
 public:
  static const int width = W;
  static const bool sign = S;

  explicit constexpr ac_int() = default;
  explicit constexpr ac_int(const ac_int&);
  constexpr ac_int(ac_int&&);
  constexpr ac_int& operator=(const ac_int&);
  template <int W2, bool S2>
  constexpr ac_int(const ac_int<W2, S2>&);
  constexpr ac_int(bool);
  constexpr ac_int(char);
  constexpr ac_int(signed char);
  constexpr ac_int(unsigned char);
  constexpr ac_int(short);
  constexpr ac_int(unsigned short);
  constexpr ac_int(int);
  constexpr ac_int(unsigned);
  constexpr ac_int(long);
  constexpr ac_int(unsigned long);
  constexpr ac_int(long long);
  constexpr ac_int(unsigned long long);

  int to_int() const;
  unsigned to_uint() const;
  long long to_int64() const;
  unsigned long long to_uint64() const;
  int length() const;
  explicit operator bool() const;
  explicit operator char() const;
  explicit operator signed char() const;
  explicit operator unsigned char() const;
  explicit operator short() const;
  explicit operator unsigned short() const;
  explicit operator int() const;
  explicit operator unsigned() const;
  explicit operator long() const;
  explicit operator unsigned long() const;

  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::product operator*(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::sum operator+(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::difference operator-(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::logic operator&(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::logic operator|(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const typename ac::results<W, S, W2, S2>::logic operator^(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const ac_int operator<<(const ac_int<W2, S2>&) const;
  template <int W2, bool S2>
  const ac_int operator>>(const ac_int<W2, S2>&) const;

  const ac_int operator+() const;
  const ac_int<W + 1, true> operator-() const;
  const ac_int<W + !S, true> operator~() const;
  bool operator!() const;
  ac_int& operator++();
  ac_int& operator--();
  const ac_int operator++(int);
  const ac_int operator--(int);

#define MOCK_COMPARISON(op)  \
  template <int W2, bool S2> \
  bool operator op(const ac_int<W2, S2>&) const;
  MOCK_COMPARISON(==)
  MOCK_COMPARISON(!=)
  MOCK_COMPARISON(<)
  MOCK_COMPARISON(<=)
  MOCK_COMPARISON(>)
  MOCK_COMPARISON(>=)
#undef MOCK_COMPARISON

#define MOCK_ASSIGNMENT(op)  \
  template <int W2, bool S2> \
  ac_int& operator op(const ac_int<W2, S2>&);
  MOCK_ASSIGNMENT(*=)
  MOCK_ASSIGNMENT(+=)
  MOCK_ASSIGNMENT(-=)
  MOCK_ASSIGNMENT(&=)
  MOCK_ASSIGNMENT(|=)
  MOCK_ASSIGNMENT(^=)
  MOCK_ASSIGNMENT(<<=)
  MOCK_ASSIGNMENT(>>=)
#undef MOCK_ASSIGNMENT

  ac_int range(int high, int low) const;
  range_ref<W, S> range(int high, int low);
  ac_int operator()(int high, int low) const;
  range_ref<W, S> operator()(int high, int low);

  class ac_bitref {
   public:
    operator bool() const;
    ac_bitref operator=(int);
    template <int W2, bool S2>
    ac_bitref operator=(const ac_int<W2, S2>&);
  };
  ac_bitref operator[](int);
  bool operator[](int) const;

 private:
  unsigned words[(W + 31) / 32];
};

template <int W, bool S>
class range_ref {
 public:
  operator ac_int<W, S>() const;
  template <int W2, bool S2>
  operator ac_int<W2, S2>() const;
  template <int W2, bool S2>
  const range_ref& operator=(const ac_int<W2, S2>&) const;
};

// With a built-in integer on one side: as ac_int of its width.
#define MOCK_BUILTIN_BINARY(type, w, s, op)                                  \
  template <int W, bool S>                                                   \
  auto operator op(const ac_int<W, S>& a, type b) {                          \
    return a op ac_int<w, s>(b);                                             \
  }                                                                          \
  template <int W, bool S>                                                   \
  auto operator op(type a, const ac_int<W, S>& b) {                          \
    return ac_int<w, s>(a) op b;                                             \
  }
#define MOCK_BUILTIN_ASSIGNMENT(type, w, s, op)                              \
  template <int W, bool S>                                                   \
  ac_int<W, S>& operator op(ac_int<W, S>& a, type b) {                       \
    return a op ac_int<w, s>(b);                                             \
  }
#define MOCK_BUILTIN(type, w, s)             \
  MOCK_BUILTIN_BINARY(type, w, s, *)         \
  MOCK_BUILTIN_BINARY(type, w, s, +)         \
  MOCK_BUILTIN_BINARY(type, w, s, -)         \
  MOCK_BUILTIN_BINARY(type, w, s, &)         \
  MOCK_BUILTIN_BINARY(type, w, s, |)         \
  MOCK_BUILTIN_BINARY(type, w, s, ^)         \
  MOCK_BUILTIN_BINARY(type, w, s, <<)        \
  MOCK_BUILTIN_BINARY(type, w, s, >>)        \
  MOCK_BUILTIN_BINARY(type, w, s, ==)        \
  MOCK_BUILTIN_BINARY(type, w, s, !=)        \
  MOCK_BUILTIN_BINARY(type, w, s, <)         \
  MOCK_BUILTIN_BINARY(type, w, s, <=)        \
  MOCK_BUILTIN_BINARY(type, w, s, >)         \
  MOCK_BUILTIN_BINARY(type, w, s, >=)        \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, *=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, +=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, -=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, &=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, |=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, ^=)    \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, <<=)   \
  MOCK_BUILTIN_ASSIGNMENT(type, w, s, >>=)
MOCK_BUILTIN(bool, 1, false)
MOCK_BUILTIN(char, 8, true)
MOCK_BUILTIN(signed char, 8, true)
MOCK_BUILTIN(unsigned char, 8, false)
MOCK_BUILTIN(short, 16, true)
MOCK_BUILTIN(unsigned short, 16, false)
MOCK_BUILTIN(int, 32, true)
MOCK_BUILTIN(unsigned, 32, false)
MOCK_BUILTIN(long, 32, true)
MOCK_BUILTIN(unsigned long, 32, false)
MOCK_BUILTIN(long long, 64, true)
MOCK_BUILTIN(unsigned long long, 64, false)
#undef MOCK_BUILTIN
#undef MOCK_BUILTIN_BINARY
#undef MOCK_BUILTIN_ASSIGNMENT

template <int W>
using ap_uint = ac_int<W, false>;
template <int W>
using ap_int = ac_int<W, true>;

#endif
