# questions: q2
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels, device=device))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        cols = F.unfold(x, k, padding=p, stride=s)
        out = torch.einsum("ok,nkl->nol", self.weight.reshape(self.weight.shape[0], -1), cols)
        ho, wo = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        return out.view(n, -1, ho, wo) + self.bias.view(1, -1, 1, 1)
