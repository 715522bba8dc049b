# questions: q4
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        m = torch.max(logits, dim=1, keepdim=True)[0]
        z = logits - m
        lse = torch.log(torch.sum(torch.exp(z), dim=1))
        loss = lse - torch.gather(z, 1, targets.unsqueeze(1)).squeeze(1)
        return loss if self.reduction == 'none' else getattr(loss, self.reduction)()
