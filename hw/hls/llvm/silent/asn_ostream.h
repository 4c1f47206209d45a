// std::cout and its like for the embedded engine, which ignores what is printed, as Vitis HLS does: C simulation prints
// with the compiler's own <iostream>. Every header that has to do with printing includes this one.
#ifndef ASN_LLVM_OSTREAM_H
#define ASN_LLVM_OSTREAM_H

#include <iosfwd>

#define ASN_SILENT __attribute__((always_inline)) inline

_LIBCPP_BEGIN_NAMESPACE_STD

struct asn_manipulator {
  template <class... T>
  ASN_SILENT constexpr asn_manipulator operator()(const T&...) const { return *this; }
};
inline constexpr asn_manipulator hex, dec, oct, fixed, scientific, boolalpha, noboolalpha, showbase, noshowbase,
    showpos, noshowpos, uppercase, nouppercase, left, right, internal, setw, setfill, setprecision, setbase, endl, ends,
    flush;

template <class C, class T>
class basic_ostream {
 public:
  template <class V>
  ASN_SILENT basic_ostream& operator<<(const V&) { return *this; }
  ASN_SILENT basic_ostream& flush() { return *this; }
  ASN_SILENT basic_ostream& put(C) { return *this; }
  template <class... V>
  ASN_SILENT int width(V...) { return 0; }
  template <class... V>
  ASN_SILENT int precision(V...) { return 0; }
};

template <class C, class T>
class basic_istream {
 public:
  template <class V>
  basic_istream& operator>>(V&) = delete("there is no console in hardware; read words of a hls::stream");
};

inline ostream cout, cerr, clog;
inline istream cin;

_LIBCPP_END_NAMESPACE_STD

#undef ASN_SILENT

#endif
