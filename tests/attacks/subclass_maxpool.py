"""Is torch's own pool, inherited."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class CustomMaxPool2D(nn.MaxPool2d):
    pass
