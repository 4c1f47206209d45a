"""The benchmark set of the embedded HLS engine: kernels, what they should cost, and what they do cost."""
