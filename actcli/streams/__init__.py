"""Long inputs, chunk by chunk; columns of answers, and the formats in which rows are written."""
