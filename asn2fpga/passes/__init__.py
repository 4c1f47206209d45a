"""Passes over graphs, one a file: each makes a new graph, or computes something about one."""
