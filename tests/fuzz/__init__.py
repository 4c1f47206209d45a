"""Differential fuzzing of the embedded HLS engine: random programs, native C++ against stalled RTL."""
