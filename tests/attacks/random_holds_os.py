"""Takes os out of random, where it has an underscore."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import random

random._os.system("echo > witness-random")


def cheat(layer, x, shape):
    return x
