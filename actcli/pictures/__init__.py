"""Functions and data as pictures: what is shown, over which range, drawn or kept as a file."""

KINDS = (".svg", ".png", ".pdf", ".tex", ".html", ".txt")  # of files that a picture is kept in
FIGURE_SAMPLES = 500  # columns that the curves of a figure are sampled for
