"""The language in which activations are written: text to trees, trees to text, and their calculus."""
