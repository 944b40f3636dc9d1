"""Someone's numbers against the truth: exact values, errors in ulp, mistakes by name, the verdict.

Where to read on: truth (what g and g' are), ulps (how far numbers lie from it), tally (a run of any length
as one record), numbers (the forms in which they come), report (the page), search, hard (which points).
"""
