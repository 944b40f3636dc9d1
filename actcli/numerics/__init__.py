"""Answers: which reading of a formula gives them, and each of these readings."""
