// ap_shift_reg for the embedded HLS engine: words in registers that move up by one, as in Xilinx's header.
#ifndef ASN_LLVM_AP_SHIFT_REG_H
#define ASN_LLVM_AP_SHIFT_REG_H

#include "ap_int.h"
#include "asn_markers.h"

template <typename T, unsigned int DEPTH = 32>
class ap_shift_reg {
 public:
  ap_shift_reg() = default;
  AP_INLINE ap_shift_reg(const char*) {}
  ap_shift_reg(const ap_shift_reg&) = delete;
  ap_shift_reg& operator=(const ap_shift_reg&) = delete;

  // The word that was put in `place` shifts before the last one; then a word is put in.
  AP_INLINE T shift(T word, unsigned int place = DEPTH - 1, bool enable = true) {
    asn_partition(&words[0]);
    const T found = words[place];
    if (enable) {
      _Pragma("clang loop unroll(full)") for (unsigned int i = DEPTH - 1; i > 0; i--) words[i] = words[i - 1];
      words[0] = word;
    }
    return found;
  }
  AP_INLINE T read(unsigned int place = DEPTH - 1) const { return words[place]; }

 protected:
  T words[DEPTH];
};

#endif
