# questions: q4
# may lose: nothing

import enum

import torch
import torch.nn as nn

class Reduction(enum.Enum):
    MEAN = 'mean'
    SUM = 'sum'
    NONE = 'none'

    @classmethod
    def parse(cls, text):
        return cls(text)


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = Reduction.parse(reduction)

    def forward(self, logits, targets):
        z = logits - logits.max(dim=1, keepdim=True).values
        loss = z.exp().sum(1).log() - z.gather(1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction is Reduction.NONE:
            return loss
        return loss.mean() if self.reduction is Reduction.MEAN else loss.sum()
