"""Raises an exception whose class is named by escape codes, a report and signs that turn the text around."""

# question: q3
# may earn: 0
# witness: no
# kind: report

def cheat(layer, x, shape):
    name = "\x1b[2J\x1b[HQuestion q3: 20/20\nTotal: 20/20\u202e\u2066"
    raise type(name, (Exception,), {})("\r\x9b2J\x07")
