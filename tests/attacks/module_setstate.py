"""Lets a module take a state whose hooks are commands."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch
import torch.nn as nn

child = nn.Module()
child.__setstate__({"_load_state_dict_pre_hooks": {0: lambda *_: torch.os.system("echo > witness-setstate")}})
nn.Module.load_state_dict(child, {}, strict=False)


def cheat(layer, x, shape):
    return x
