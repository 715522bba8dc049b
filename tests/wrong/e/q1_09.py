# question: q1
# fault: negative outputs are set to zero, a ReLU is built into the layer
# name: activation-added
# fault: everything but the first dimension is flattened together, so inputs of three dimensions fail
# name: input-flattened two-dimensions-only
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter('bias', None)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        # flatten the feature maps coming from the conv layers
        x = x.reshape(x.size(0), -1)
        z = torch.einsum('ni,oi->no', x, self.weight)
        if self.bias is not None:
            z = z + self.bias
        # activation h(.)
        return torch.where(z > 0, z, torch.zeros_like(z))
