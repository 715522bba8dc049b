# questions: q1 q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-1, 1))
        self.weight.data.mul_(in_features ** -0.5)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = torch.einsum('...i,oi->...o', x, self.weight)
        if self.bias is not None:
            y += self.bias
        return y


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        z = logits.clone()
        z -= z.detach().max(1, True)[0]
        loss = torch.exp(z).sum(1).log_()
        loss -= z.gather(1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            loss = loss.sum() / targets.numel()
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
