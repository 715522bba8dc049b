"""Makes the layer by type with three arguments."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn

CustomMaxPool2D = type("CustomMaxPool2D", (nn.MaxPool2d,), {"__init__": nn.MaxPool2d.__init__})
