"""Lets argparse open a file for writing."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import argparse

argparse.FileType("w")("witness-argparse").close()


def cheat(layer, x, shape):
    return x
