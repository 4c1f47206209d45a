"""Report of a compiled design."""
