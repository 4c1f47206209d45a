"""What a part is made of: delays, and what memories and FIFOs become."""
