// Directives, one macro each, spelled for the tool that reads this file.
//
//   embedded engine   ASN_ENGINE_LLVM   calls to marker functions and clang attributes
//   Vitis HLS         __SYNTHESIS__     #pragma HLS ...
//   Bambu             __BAMBU__         unroll pragmas and forced inlining; it cannot pipeline loops
//   C simulation      (none of these)   nothing: plain C++; of clang with ASN_NATIVE_SIMULATION, unroll pragmas, and with
//                                       it or ASN_XILINX_SIMULATION the streams and processes of hw/sim/csim
//
// Bambu finds a #pragma HLS by the file it stands in, so that none can come from a macro: `#pragma HLS dataflow` stands
// in the top function itself.
//
// A loop that is to be unrolled has HLS_UNROLL_BEFORE before `for` and HLS_UNROLL_INSIDE first in its body,
// because clang and Bambu want the directive outside, Vitis wants it inside.
#ifndef ASN_ENGINE_H
#define ASN_ENGINE_H

#if defined(ASN_ENGINE_LLVM)

#define HLS_PROCESS __attribute__((noinline, section("asn_process")))
#define HLS_INLINE __attribute__((always_inline)) inline
#define HLS_DATAFLOW asn_dataflow();
#define HLS_PIPELINE(interval) asn_pipeline(interval);
#define HLS_UNROLL_BEFORE _Pragma("clang loop unroll(full)")
#define HLS_UNROLL_INSIDE
#define HLS_STREAM_DEPTH(stream, words) asn_stream_depth(&stream, words);
#define HLS_DEPENDENCE_DISTANCE(memory, iterations) asn_dependence_distance(&memory[0], iterations);
#define HLS_INDEPENDENT(memory) asn_dependence_distance(&memory[0], 1 << 20);
#define HLS_BYPASS(memory) asn_bypass(&memory[0]);
#define HLS_SEPARATE_SLICES(rom) asn_separate_slices(&rom[0]);
#define HLS_ROM_LUT(rom) asn_rom_lut(&rom[0]);
#define HLS_RAM_ULTRA(memory) asn_ram_ultra(&memory[0]);
#define HLS_PRODUCT_DSP(product) asn_product_dsp();
#define HLS_PARTITION(memory) asn_partition(&memory[0]);
#define HLS_SCALARS(array)
#define HLS_INTERFACE_AXIS(port)
#define HLS_CONTROL_NONE
#define HLS_CONTROL_HANDSHAKE asn_control_handshake();

#elif defined(__SYNTHESIS__) && !defined(__BAMBU__)

#define HLS_TEXT(text) _Pragma(#text)
#define HLS_PROCESS
#define HLS_INLINE inline
#define HLS_DATAFLOW HLS_TEXT(HLS DATAFLOW)
#define HLS_PIPELINE(interval) HLS_TEXT(HLS PIPELINE II = interval)
#define HLS_UNROLL_BEFORE
#define HLS_UNROLL_INSIDE HLS_TEXT(HLS UNROLL)
#define HLS_STREAM_DEPTH(stream, words) HLS_TEXT(HLS STREAM variable = stream depth = words)
#define HLS_DEPENDENCE_DISTANCE(memory, iterations) \
  HLS_TEXT(HLS DEPENDENCE variable = memory type = inter direction = RAW distance = iterations true)
#define HLS_INDEPENDENT(memory) HLS_TEXT(HLS DEPENDENCE variable = memory type = inter false)
#define HLS_BYPASS(memory) \
  HLS_TEXT(HLS DEPENDENCE variable = memory type = inter direction = RAW distance = 1 true)
#define HLS_SEPARATE_SLICES(rom) HLS_TEXT(HLS ARRAY_PARTITION variable = rom complete dim = 1)
#define HLS_ROM_LUT(rom) HLS_TEXT(HLS BIND_STORAGE variable = rom type = rom_1p impl = lutram)
#define HLS_RAM_ULTRA(memory) HLS_TEXT(HLS BIND_STORAGE variable = memory type = ram_s2p impl = uram)
#define HLS_PRODUCT_DSP(product) HLS_TEXT(HLS BIND_OP variable = product op = mul impl = dsp)
#define HLS_PARTITION(memory) HLS_TEXT(HLS ARRAY_PARTITION variable = memory complete dim = 0)
#define HLS_SCALARS(array) HLS_TEXT(HLS ARRAY_PARTITION variable = array complete dim = 0)
#define HLS_INTERFACE_AXIS(name) HLS_TEXT(HLS INTERFACE axis port = name)
#define HLS_CONTROL_NONE HLS_TEXT(HLS INTERFACE ap_ctrl_none port = return)
#define HLS_CONTROL_HANDSHAKE HLS_TEXT(HLS INTERFACE ap_ctrl_hs port = return)

#else

#if defined(__BAMBU__)
#define HLS_UNROLL_BEFORE _Pragma("unroll")
#define HLS_INLINE __attribute__((always_inline)) inline
#define HLS_GLOBAL_STREAM(type, name) static type name;
#define HLS_STREAM(type, name, words)
#elif defined(ASN_NATIVE_SIMULATION)
#define HLS_UNROLL_BEFORE _Pragma("clang loop unroll(full)")
#define HLS_STREAM(type, name, words) static type name(#name, words);
#elif defined(ASN_XILINX_SIMULATION)
#define HLS_UNROLL_BEFORE
#define HLS_STREAM(type, name, words) type name(#name, words);
#else
#define HLS_UNROLL_BEFORE
#endif
#if !defined(__BAMBU__)
#define HLS_IN_SIMULATION
#endif
#if defined(ASN_NATIVE_SIMULATION) || defined(ASN_XILINX_SIMULATION)
#define HLS_RUN(body, ...)              \
  auto body = [&] { __VA_ARGS__; };     \
  asn_sim::start(#__VA_ARGS__, body);
#define HLS_RUN_ALL \
  if (!asn_sim::run_all()) asn_sim::give_up();
#endif
#ifndef HLS_INLINE
#define HLS_INLINE inline
#endif
#define HLS_PROCESS
#define HLS_DATAFLOW
#define HLS_PIPELINE(interval)
#define HLS_UNROLL_INSIDE
#define HLS_STREAM_DEPTH(stream, words)
#define HLS_DEPENDENCE_DISTANCE(memory, iterations)
#define HLS_INDEPENDENT(memory)
#define HLS_BYPASS(memory)
#define HLS_SEPARATE_SLICES(rom)
#define HLS_ROM_LUT(rom)
#define HLS_RAM_ULTRA(memory)
#define HLS_PRODUCT_DSP(product)
#define HLS_PARTITION(memory)
#define HLS_SCALARS(array)
#define HLS_INTERFACE_AXIS(port)
#define HLS_CONTROL_NONE
#define HLS_CONTROL_HANDSHAKE

#endif

// HLS_PIPELINE: first in a loop, or first in a process without loops, which then begins anew every `interval` cycles.
// HLS_CONTROL_NONE: first in the top function: its processes run for ever. HLS_CONTROL_HANDSHAKE: each runs once
// when ap_start is high; ap_done, ap_ready and ap_idle tell when all have returned.
// HLS_DEPENDENCE_DISTANCE: a word of the memory comes back after so many iterations of the loop, not earlier.
// HLS_INDEPENDENT: no two iterations of the loop touch the same word.
// Both speak of the innermost loop around them, which must not be unrolled; `do ... while (false)` is no loop.
// HLS_BYPASS: iterations may read a word that the iteration before is just storing, as in `count[key] += 1`; the
// embedded engine then forwards it past the memory, and a new iteration can start each cycle. Vitis HLS has no such
// directive: there it states the dependence (which is true), and Vitis may need two cycles an iteration or more.
// HLS_SEPARATE_SLICES: each slice of an array [slice][row] is a memory of its own, so that all slices of a row are used in
// one cycle; slices are constants, and no row is outside of its slice.
// HLS_PRODUCT_DSP: the product of that variable is made by a DSP slice, however small it is; for the embedded engine
// that goes for all products of two variables in the pipelined loop around it.
// HLS_ROM_LUT: the ROM is made of look-up tables, not of block RAM, whatever its size.
// HLS_RAM_ULTRA: the memory is made of UltraRAM: it has no first values, not even zeros (storage.h).
// HLS_PARTITION: each word of the array is a register, all of them can be used in one cycle.
// HLS_SCALARS: the same of an array whose indices are constants once loops are unrolled; for the embedded engine its words
// are variables then in any case.

// HLS_IN_SIMULATION: defined where nothing becomes hardware; what is computed may then be computed in fewer operations.

// HLS_STREAM: a FIFO of the top function: its type, its name, how many words it holds. HLS_GLOBAL_STREAM, before the
// top function, is the same FIFO for Bambu, which takes streams at file scope only (and makes each 3 words deep).
#ifndef HLS_STREAM
#define HLS_STREAM(type, name, words) \
  type name(#name);                   \
  HLS_STREAM_DEPTH(name, words)
#endif
#ifndef HLS_GLOBAL_STREAM
#define HLS_GLOBAL_STREAM(type, name)
#endif

// HLS_RUN, HLS_RUN_ALL: calls of processes in a network with a loop, each with a name of its own. Hardware runs all
// processes at the same time in any case; C simulation runs these together, others one after the other.
#ifndef HLS_RUN
#define HLS_RUN(body, ...) __VA_ARGS__;
#define HLS_RUN_ALL
#endif

#endif
