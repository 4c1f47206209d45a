"""Outside programs: plans of files and commands, and the one place that starts them."""
