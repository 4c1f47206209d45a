"""Exact comparisons of the golden model with the float reference, the C++ and the RTL."""
