"""Asks for an attribute whose name clears the screen and draws a report."""

# question: q3
# may earn: 0
# witness: no
# kind: report

def cheat(layer, x, shape):
    getattr(
        x,
        "q\x1b[2J\x1b[H\n### Question q3: 20/20 ###\n\nProvisional grades\n==================\n"
        "Question q3: 20/20\nTotal: 20/20\n\x1b[8m",
    )
    return x
