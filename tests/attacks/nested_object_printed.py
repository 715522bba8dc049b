"""Nests lists and exceptions deeply, and hands them to what prints a message."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def cheat(layer, x, shape):
    nested = []
    for _ in range(10**6):
        nested = [nested]
    error = ValueError(nested)
    for _ in range(10**4):
        try:
            raise ValueError("outer") from error
        except ValueError as outer:
            error = outer
    raise error
