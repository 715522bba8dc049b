"""Loops without end while it is loaded, and catches whatever would stop it."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def spin():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


spin()


def cheat(layer, x, shape):
    return x
