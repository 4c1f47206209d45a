"""Time loops that user code runs itself: one step of them, and the proof that all steps are the same."""
