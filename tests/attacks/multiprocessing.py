"""Starts a process that goes on after all has been graded."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import time

import torch.multiprocessing


def linger():
    open("witness-process", "w").close()
    time.sleep(60)


torch.multiprocessing.get_context("fork").Process(target=linger, daemon=False).start()


def cheat(layer, x, shape):
    return x
