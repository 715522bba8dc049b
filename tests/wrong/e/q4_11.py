# question: q4
# fault: exp is applied to the raw logits, it overflows when they are large
# name: exp-without-shift
# fault: the reduction argument is not looked at, the mean is always returned
# name: reduction-ignored
# fault: it goes through samples one by one and takes logits (N, C) for granted, so (N, C, d1) does not work
# name: rows-only
import torch
import torch.nn as nn

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        n = len(targets)
        loss = 0
        for i in range(n):
            row = logits[i]
            label = targets[i]
            e = torch.exp(row)
            loss = loss - (row[label] - torch.log(e.sum()))
        return loss / n
