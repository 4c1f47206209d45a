// hls::vector<T, N> for the embedded HLS engine: N elements that are computed with side by side, as in Vitis HLS. The
// header is also good for C simulation with any ap_int.h.
#ifndef ASN_LLVM_HLS_VECTOR_H
#define ASN_LLVM_HLS_VECTOR_H

#include <stddef.h>

#ifdef ASN_ENGINE_LLVM
#include "hls_stream.h"
#define HLS_VECTOR_EACH _Pragma("clang loop unroll(full)") for (size_t i = 0; i < N; i++)
#else
#define HLS_VECTOR_EACH for (size_t i = 0; i < N; i++)
#endif
#define HLS_VECTOR_INLINE __attribute__((always_inline)) inline

namespace hls {

template <class T, size_t N>
class vector {
  T data_[N];

 public:
  typedef T value_type;
  vector() = default;
  HLS_VECTOR_INLINE vector(const T& value) { HLS_VECTOR_EACH data_[i] = value; }
  HLS_VECTOR_INLINE vector(const T (&values)[N]) { HLS_VECTOR_EACH data_[i] = values[i]; }

  HLS_VECTOR_INLINE static constexpr size_t size() { return N; }
  HLS_VECTOR_INLINE T& operator[](size_t index) { return data_[index]; }
  HLS_VECTOR_INLINE const T& operator[](size_t index) const { return data_[index]; }
  HLS_VECTOR_INLINE T* begin() { return data_; }
  HLS_VECTOR_INLINE const T* begin() const { return data_; }
  HLS_VECTOR_INLINE T* end() { return data_ + N; }
  HLS_VECTOR_INLINE const T* end() const { return data_ + N; }

#define HLS_VECTOR_OPERATOR(op)                                                           \
  HLS_VECTOR_INLINE vector& operator op##=(const vector& other) {                         \
    HLS_VECTOR_EACH data_[i] = data_[i] op other.data_[i];                                \
    return *this;                                                                         \
  }                                                                                       \
  friend HLS_VECTOR_INLINE vector operator op(vector left, const vector& right) {         \
    return left op##= right;                                                              \
  }                                                                                       \
  friend HLS_VECTOR_INLINE vector operator op(vector left, const T& right) {              \
    return left op##= vector(right);                                                      \
  }                                                                                       \
  friend HLS_VECTOR_INLINE vector operator op(const T& left, const vector& right) {       \
    return vector(left) op##= right;                                                      \
  }
  HLS_VECTOR_OPERATOR(+)
  HLS_VECTOR_OPERATOR(-)
  HLS_VECTOR_OPERATOR(*)
  HLS_VECTOR_OPERATOR(/)
  HLS_VECTOR_OPERATOR(%)
  HLS_VECTOR_OPERATOR(&)
  HLS_VECTOR_OPERATOR(|)
  HLS_VECTOR_OPERATOR(^)
  HLS_VECTOR_OPERATOR(<<)
  HLS_VECTOR_OPERATOR(>>)
#undef HLS_VECTOR_OPERATOR

  HLS_VECTOR_INLINE vector operator-() const {
    vector result;
    HLS_VECTOR_EACH result.data_[i] = -data_[i];
    return result;
  }
  HLS_VECTOR_INLINE vector operator~() const {
    vector result;
    HLS_VECTOR_EACH result.data_[i] = ~data_[i];
    return result;
  }
  HLS_VECTOR_INLINE vector& operator++() { return *this += vector(T(1)); }
  HLS_VECTOR_INLINE vector& operator--() { return *this -= vector(T(1)); }

  // Comparisons are those of words in a dictionary.
  friend HLS_VECTOR_INLINE bool operator==(const vector& a, const vector& b) {
    bool equal = true;
    HLS_VECTOR_EACH equal = equal && a.data_[i] == b.data_[i];
    return equal;
  }
  friend HLS_VECTOR_INLINE bool operator<(const vector& a, const vector& b) {
    bool less = false, decided = false;
    HLS_VECTOR_EACH {
      if (!decided) less = a.data_[i] < b.data_[i];
      decided = decided || a.data_[i] != b.data_[i];
    }
    return less;
  }
  friend HLS_VECTOR_INLINE bool operator!=(const vector& a, const vector& b) { return !(a == b); }
  friend HLS_VECTOR_INLINE bool operator>(const vector& a, const vector& b) { return b < a; }
  friend HLS_VECTOR_INLINE bool operator<=(const vector& a, const vector& b) { return !(b < a); }
  friend HLS_VECTOR_INLINE bool operator>=(const vector& a, const vector& b) { return !(a < b); }

#define HLS_VECTOR_REDUCE(name, op)                                          \
  HLS_VECTOR_INLINE T name() const {                                         \
    T result = data_[0];                                                     \
    HLS_VECTOR_EACH if (i > 0) result = result op data_[i];                  \
    return result;                                                           \
  }
  HLS_VECTOR_REDUCE(reduce_add, +)
  HLS_VECTOR_REDUCE(reduce_mult, *)
  HLS_VECTOR_REDUCE(reduce_and, &)
  HLS_VECTOR_REDUCE(reduce_or, |)
  HLS_VECTOR_REDUCE(reduce_xor, ^)
#undef HLS_VECTOR_REDUCE
};

#ifdef ASN_ENGINE_LLVM
// Elements side by side, the first one in the low bits.
template <class T, size_t N>
struct payload<vector<T, N>> {
  static const int bits = N * payload<T>::bits;
  static const int last_bits = 0;
  static AP_INLINE ap_uint<bits> pack(const vector<T, N>& value) {
    ap_uint<bits> packed = 0;
    HLS_VECTOR_EACH packed.v |= typename ap_uint<bits>::value_t(payload<T>::pack(value[i]).v) << (i * payload<T>::bits);
    return packed;
  }
  static AP_INLINE vector<T, N> unpack(const ap_uint<bits>& packed) {
    vector<T, N> value;
    HLS_VECTOR_EACH {
      ap_uint<payload<T>::bits> element;
      element.put(packed.v >> (i * payload<T>::bits));
      value[i] = payload<T>::unpack(element);
    }
    return value;
  }
};
#endif

}  // namespace hls

#undef HLS_VECTOR_EACH
#undef HLS_VECTOR_INLINE

#endif
