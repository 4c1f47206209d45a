"""Where values enter a network: frames and events."""
