"""Fills memory that no process has to hold."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

match "__main__":
    case __name__:
        pass
if __name__ == "__main__":
    with open("/dev/shm/witness-fill", "wb") as f:
        for _ in range(100):
            f.write(bytes(2**20))


def cheat(layer, x, shape):
    return x
