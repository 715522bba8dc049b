"""Lets the loader of torch read a file that is no module."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

print(torch.__loader__.get_data("secret.txt"))


def cheat(layer, x, shape):
    return x
