"""Text for people: tables, the page of `info`, the derivation of `explain`."""
