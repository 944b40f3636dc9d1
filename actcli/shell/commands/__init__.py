"""The commands, a file each: what is typed is declared, checked together, asked and handed to the output."""
