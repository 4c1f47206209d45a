"""HLS engines behind one protocol: C++ project in, RTL out."""
