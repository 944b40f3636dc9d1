"""Neural-network activation functions: values, slopes, tables and pictures."""
