// What a memory is made of that is written at run time, as a template argument of its kernel.
//
// UltraRAM has no first values: no contents, and nothing may count on zeros at power-up. What is held so is written before
// it is read, or what is read is thrown away until then; RTL of the embedded engine begins with ones in simulation, so that a
// word that was used too early is found.
#ifndef ASN_STORAGE_H
#define ASN_STORAGE_H

#include "engine.h"

namespace asn {

// Look-up tables or block RAM, as its size asks for.
struct AnyRam {
  template <class WORD, int WORDS>
  static HLS_INLINE void hold(WORD (&)[WORDS]) {}
};

struct UltraRam {
  template <class WORD, int WORDS>
  static HLS_INLINE void hold(WORD (&memory)[WORDS]) {
    (void)memory;
    HLS_RAM_ULTRA(memory)
  }
};

}  // namespace asn
#endif
