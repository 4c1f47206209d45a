"""Feature maps: values with channels and pixels, as convolutions and pooling read and send them."""
