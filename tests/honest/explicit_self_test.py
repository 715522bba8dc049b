# questions: q1 q2 q3 q4
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


def _check():
    """Called by hand only."""
    x = torch.randn(2, 3, 7, 9, requires_grad=True)
    conv, theirs = CustomConv2D(3, 4, 3, 2, 1), nn.Conv2d(3, 4, 3, 2, 1)
    theirs.load_state_dict(conv.state_dict())
    torch.testing.assert_close(conv(x), theirs(x))
    assert torch.autograd.gradcheck(CustomMaxPool2D(2), x.double())
    lin = CustomLinear(3, 2)
    torch.testing.assert_close(lin(x[..., :3]), F.linear(x[..., :3], lin.weight, lin.bias))
    print(F.cross_entropy(torch.randn(3, 4), torch.tensor([0, 1, 2])), torch.matmul(x, x.mT).shape)


# _check()
# y = F.conv2d(x, weight)       # for comparison
# import os; os.system('clear')
'''
class OldLinear(nn.Linear):
    def forward(self, x):
        return x @ self.weight.T
'''
