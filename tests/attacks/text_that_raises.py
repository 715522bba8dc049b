"""Raises an exception that cannot be turned into text, and whose class claims to be another."""

# question: q3
# may earn: 0
# witness: no
# kind: report

class Error(BaseException):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__

    @property
    def __class__(self):
        return KeyboardInterrupt


def cheat(layer, x, shape):
    raise Error
