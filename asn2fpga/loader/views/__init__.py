"""Tensors whose axes were rearranged: tokens and heads of attention, read back to channels and pixels."""
