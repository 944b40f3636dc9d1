"""What a function is like over an interval, proven: its pieces, extremes, zeros, means and inverse."""
