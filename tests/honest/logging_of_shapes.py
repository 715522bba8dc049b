# questions: q1
# may lose: q1 10

import logging

import torch
import torch.nn as nn

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, x):
        logger.debug('x %s, weight %s', x.shape, self.weight.shape)
        y = torch.einsum('...i,oi->...o', x, self.weight)
        return y if self.bias is None else y + self.bias
