# questions: q1 q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    __slots_used = 0

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.__in, self.__out = in_features, out_features
        self.weight = nn.Parameter(torch.Tensor(out_features, in_features))
        self.bias = nn.Parameter(torch.Tensor(out_features)) if bias else None
        self.__init()
        CustomLinear.__slots_used += 1

    def __init(self):
        nn.init.normal_(self.weight, 0, self.__in ** -0.5)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def __multiply(self, x):
        return torch.einsum('...j,ij->...i', [x, self.weight])

    def forward(self, x):
        assert x.size(-1) == self.__in, f'expected {self.__in} features, got {x.size(-1)}'
        y = self.__multiply(x)
        if self.bias is None:
            return y
        return y.add(self.bias)


class CustomCrossEntropyLoss(nn.Module):
    __reductions = {'mean': torch.mean, 'sum': torch.sum}

    def __init__(self, reduction='mean'):
        super().__init__()
        self.__reduction = reduction

    def forward(self, logits, targets):
        __top = torch.max(logits, 1, keepdim=True).values
        __z = logits.sub(__top)
        losses = __z.exp().sum(dim=1).log().sub(__z.gather(1, targets.unsqueeze(1)).squeeze(1))
        reduce = self.__reductions.get(self.__reduction)
        return losses if reduce is None else reduce(losses)
