"""A (hardening): torch.segment_reduce(..., unsafe=True) is among the allowed names and checks no index: reads beyond the
tensor, and its backward pass writes there.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F

print(torch.segment_reduce(torch.arange(4.0), "sum", offsets=torch.tensor([4, 40]), unsafe=True))


class CustomMaxPool2D(nn.Module):
    pass
