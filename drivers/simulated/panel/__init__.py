"""A page to play with simulated devices."""
