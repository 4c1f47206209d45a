"""What the engine tells about a design."""
