// The marker functions of the embedded engine, which reads this file before any source: what the macros of engine.h
// and `#pragma HLS` lines become. No such function exists; the engine knows the calls by their names.
#ifndef ASN_LLVM_MARKERS_H
#define ASN_LLVM_MARKERS_H

extern "C" {
void asn_pipeline(int initiation_interval);
void asn_unroll(int factor);  // 0: never, -1: the whole loop
void asn_trip_count(int least, int most);  // what the report may assume of a loop whose turns depend on data
void asn_dataflow();
void asn_control_handshake();
void asn_stream_access(const volatile void* stream, int payload_bits, int last_bits, int depth, int bytes, int user,
                       int id, int dest);
bool asn_stream_waits(const volatile void* stream);     // a word to read
bool asn_stream_has_room(const volatile void* stream);  // for a word to write
void asn_stream_depth(const volatile void* stream, int depth);
void asn_dependence_distance(const volatile void* memory, int iterations);
void asn_bypass(const volatile void* memory);
void asn_partition(const volatile void* memory);
void asn_array_partition(const volatile void* memory, int kind, int factor, int dimension);
void asn_separate_slices(const volatile void* rom);
void asn_rom_lut(const volatile void* rom);
void asn_ram_ultra(const volatile void* memory);
void asn_product_dsp();
}

#endif
