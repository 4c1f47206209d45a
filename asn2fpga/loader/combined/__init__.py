"""Sums of parts of what a layer sends, as populations are read: one Linear layer, however written."""
