"""The golden model: integer networks in numpy, the definition that C++, RTL and boards must equal."""
