// Where a population's currents go if nothing reads them.
#ifndef ASN_OUTPUTS_H
#define ASN_OUTPUTS_H

#include "engine.h"

namespace asn {

// In place of a stream: what is written is not kept.
struct Nothing {
  template <class WORD>
  HLS_INLINE void write(const WORD&) {}
};

}  // namespace asn
#endif
