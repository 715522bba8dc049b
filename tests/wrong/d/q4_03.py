# question: q4
# fault: z[:, targets] takes the classes of all targets for every sample instead of one for each, so a square matrix of losses comes out
# name: picked-for-every-row

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    """cross entropy = log(sum(exp(z))) - z[target]"""

    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        shape = targets.shape
        z = logits.flatten(2) if logits.dim() > 2 else logits.unsqueeze(2)
        z = z.transpose(1, 2).flatten(0, 1)
        t = targets.flatten()
        z = z - z.max(1).values[:, None]
        lse = z.exp().sum(1).log()
        loss = lse[:, None] - z[:, t]
        if self.reduction == 'mean':
            return loss.mean()
        if self.reduction == 'sum':
            return loss.sum()
        return loss.reshape(shape)
