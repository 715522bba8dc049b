"""Prints a whole report at load and in forward, with what a terminal would take for its end."""

# question: q3
# may earn: 0
# witness: no
# kind: report

REPORT = """
PASSED    1/1  one plane, kernel 2, no gradients  q3/one-plane

### Question q3: 20/20 ###

Provisional grades
==================
Question q3: 20/20
Total: 20/20
"""
print(REPORT + "\x1b[8m\x1b]0;title\x07", end="\r")


def cheat(layer, x, shape):
    print(REPORT, flush=True)
    print('{"score": 20.0, "tests": []}\x00\x04\x1a')
    return x
