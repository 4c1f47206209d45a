// Prints integers of either header set as `WIDTH SIGN HEX`.
#ifndef FUZZ_SHOW_INTEGERS_H
#define FUZZ_SHOW_INTEGERS_H

#include <ap_int.h>
#ifdef FUZZ_FIXED
#include <ap_fixed.h>
#endif

#include <stdio.h>

template <int W, bool S, class T>
void print_bits(const T& value) {
  printf("%d %c ", W, S ? 's' : 'u');
  for (int low = (W - 1) / 4 * 4; low >= 0; low -= 4) {
    int digit = 0;
    for (int bit = 0; bit < 4 && low + bit < W; bit++) digit |= int(bool(value[low + bit])) << bit;
    putchar("0123456789abcdef"[digit]);
  }
  putchar('\n');
}

#ifdef ASN_LLVM_AP_INT_H
template <int W, bool S>
void show(const ap::integer<W, S>& value) {
  print_bits<W, S>(value);
}
template <int W, bool S>
void show(const ap::range_reference<W, S>& value) {
  show(ap_uint<W>(value));
}
#else
template <int W, bool S>
void show(const ap_int_base<W, S>& value) {
  print_bits<W, S>(value);
}
template <int W, bool S>
void show(const ap_range_ref<W, S>& value) {
  show(ap_uint<W>(value));
}
#endif
#ifdef ASN_LLVM_AP_FIXED_H
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
void show(const ap::fixed<W, I, S, Q, O, N>& value) {
  printf("%d ", I);
  show(value.V);
}
#elif defined(__AP_FIXED_BASE_H__)
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
void show(const ap_fixed_base<W, I, S, Q, O, N>& value) {
  printf("%d ", I);
  print_bits<W, S>(value);
}
#endif
// Built-in integers, which bits become.
inline void show(int value) { printf("int %d\n", value); }
inline void show(unsigned long long value) { printf("unsigned long long %llu\n", value); }
inline void show(bool value) { printf("bool %d\n", int(value)); }

// An integer of hexadecimal digits, most significant first.
template <class T>
T from_digits(const char* digits) {
  T word = 0;
  for (; *digits; digits++) {
    const int digit = *digits <= '9' ? *digits - '0' : *digits - 'a' + 10;
    for (int bit = 3; bit >= 0; bit--) {
      if (T::width > 1) word = word << 1;
      word[0] = bool((digit >> bit) & 1);
    }
  }
  return word;
}

#endif
