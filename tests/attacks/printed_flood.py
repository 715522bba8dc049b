"""Prints a gigabyte, in lines and without."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

def cheat(layer, x, shape):
    for _ in range(10**5):
        print("flood " * 2000, end="")
        print("\n" * 10000)
    return x
