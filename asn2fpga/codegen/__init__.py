"""From the integer graph to a readable HLS C++ project."""
