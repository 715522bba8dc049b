# question: q1
# fault: the bias is added twice
# name: linear-bias-twice
# fault: the input is flattened to two dimensions and the output is not given its leading dimensions back
# name: leading-dimensions-flattened
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.Tensor(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.Tensor(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        rows = input.reshape(-1, self.in_features)
        acc = torch.zeros(rows.shape[0], self.out_features, dtype=input.dtype, device=input.device)
        # start from the bias and accumulate one input feature at a time
        if self.bias is not None:
            acc = acc + self.bias
        for d in range(self.in_features):
            acc = acc + rows[:, d].unsqueeze(1) * self.weight[:, d].unsqueeze(0)
        if self.bias is not None:
            acc = acc + self.bias
        return acc
