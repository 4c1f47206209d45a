"""What is known of a process without changing it: ranges, exclusive predicates, ports, FIFO loops."""
