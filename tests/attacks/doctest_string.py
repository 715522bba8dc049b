"""Lets doctest run the example in a string."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import doctest

doctest.run_docstring_examples(">>> open('witness-doctest', 'w').close()", {})


def cheat(layer, x, shape):
    return x
