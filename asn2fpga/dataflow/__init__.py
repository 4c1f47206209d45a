"""The hardware of a network as an object: processes and the streams between them."""
