# question: q1
# fault: the output buffer is made by torch.zeros without dtype, so it is float32 whatever the type of the input
# name: -
# fault: the bias is added inside the loop over input features, once for each feature
# name: linear-bias-twice
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
            self.register_parameter("bias", None)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            b = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        shape = list(x.shape[:-1]) + [self.out_features]
        y = torch.zeros(shape, device=x.device)
        for j in range(self.out_features):
            for i in range(self.in_features):
                y[..., j] = y[..., j] + x[..., i] * self.weight[j, i]
                if self.bias is not None:
                    y[..., j] = y[..., j] + self.bias[j]
        return y
