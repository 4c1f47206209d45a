"""The engine's own representation: processes of predicated operations, and what makes and changes them."""
