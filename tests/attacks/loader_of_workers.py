"""Starts processes as a loader of data, with a function that each of them runs first."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch.utils.data


def first(_):
    open("witness-loader", "w").close()


def cheat(layer, x, shape):
    list(torch.utils.data.DataLoader([1, 2], num_workers=2, worker_init_fn=first))
    return x
