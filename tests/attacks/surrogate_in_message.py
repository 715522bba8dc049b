"""Raises, and prints, characters that no encoding can write."""

# question: q3
# may earn: 0
# witness: no
# kind: report

print("\ud800 \udcff")


def cheat(layer, x, shape):
    raise ValueError("\ud800\udfff\udcff" * 3)
