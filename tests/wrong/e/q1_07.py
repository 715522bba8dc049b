# question: q1
# fault: the bias is added inside the loop over the inputs, so it is counted in_features times
# name: linear-bias-twice
import math
import torch
import torch.nn as nn

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.use_bias = bias
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.use_bias:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        out = x.new_zeros(*x.shape[:-1], self.out_features)
        for i in range(self.in_features):
            # contribution of feature i to every output
            out = out + x[..., i].unsqueeze(-1) * self.weight[:, i]
            if self.use_bias:
                out = out + self.bias
        return out
