"""Local simplifications that the builder applies to every operation it makes."""
