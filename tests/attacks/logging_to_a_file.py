"""Lets logging write a file."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import logging

logging.basicConfig(filename="witness-logging", level=10)
logging.info("written")


def cheat(layer, x, shape):
    return x
