"""Differential fuzzing of the embedded HLS engine: random programs, native C++ against RTL with random stalls."""
