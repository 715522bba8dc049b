"""Ends by SystemExit, KeyboardInterrupt or GeneratorExit, in turn."""

# question: q3
# may earn: 0
# witness: no
# kind: report

CALLS = []


def cheat(layer, x, shape):
    CALLS.append(x)
    raise (SystemExit, KeyboardInterrupt, GeneratorExit)[len(CALLS) % 3](0)
