"""Values whose last axis is time, in a trace: what forward does with them, step by step."""
