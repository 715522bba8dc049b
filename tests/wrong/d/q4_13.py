# question: q4
# fault: the reduction given to the constructor is ignored, the mean is always taken
# name: reduction-ignored none-unhandled sum-averaged
# fault: the mean is made a new tensor from its item, so the logits get no gradient
# name: loss-rebuilt
# fault: logits with three or more further dimensions are not handled and raise an exception
# name: -

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = 'mean'

    def _loss_of_rows(self, z, t):
        m = z.max(dim=1)[0].unsqueeze(1)
        z = z - m
        logits_of_target = z[range(z.shape[0]), t]
        return torch.log(torch.exp(z).sum(dim=1)) - logits_of_target

    def forward(self, logits, targets):
        C = logits.shape[1]
        if logits.dim() == 2:
            rows, labels = logits, targets
        elif logits.dim() == 3:
            rows, labels = logits.transpose(1, 2).reshape(-1, C), targets.reshape(-1)
        elif logits.dim() == 4:
            rows, labels = logits.permute(0, 2, 3, 1).reshape(-1, C), targets.reshape(-1)
        losses = self._loss_of_rows(rows, labels.long()).reshape(targets.shape)
        if self.reduction == 'mean':
            result = torch.tensor(losses.mean().item(), dtype=logits.dtype, requires_grad=True)
        elif self.reduction == 'sum':
            result = losses.sum()
        else:
            result = losses
        return result
