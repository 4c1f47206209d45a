"""The ranges every stage may count on; checked where a network enters (nn modules, loader)."""

MAX_LEVELS = 255  # D: a count has at most 8 bits
MAX_TIME_STEPS = 1024  # T
MAX_ALPHA = 255.0  # |alpha|
MAX_COUNT = 255  # of one event from outside
MAX_REFRACTORY = 255  # time steps in which a neuron that fired waits
MAX_PRECISIONS = 4  # of adaptive neurons
MIN_TAU, MAX_TAU = 0.5, 1e4  # time constants of adaptive neurons, in time steps
