"""Lets str.format read attributes, and prints the environment."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

print("{0.os.environ}".format(torch))
print("{m.os.environ}".format_map({"m": torch}))
print(str.format("{.os.environ}", torch))


def cheat(layer, x, shape):
    return x
