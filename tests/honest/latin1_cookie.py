#!/usr/bin/env python
# vim: set fileencoding=latin-1 :
# questions: q4
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


AUTHOR = 'José Müller'


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        m = torch.max(logits, dim=1, keepdim=True)[0]
        z = logits - m
        lse = torch.log(torch.sum(torch.exp(z), dim=1))
        loss = lse - torch.gather(z, 1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss
