# question: q4
# fault: logits of more dimensions are reshaped to (-1, C) without moving the class dimension to the end
# name: classes-not-moved
# fault: a small number is added inside the log, which changes the loss of improbable targets
# name: eps-inside-log logarithm-bounded
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction
        self.eps = 1e-7

    def forward(self, logits, targets):
        C = logits.shape[1]
        scores = logits.reshape(-1, C)
        y = targets.reshape(-1)

        exps = torch.exp(scores - scores.max(dim=1, keepdim=True)[0])
        probs = exps / exps.sum(dim=1, keepdim=True)
        picked = probs[torch.arange(y.shape[0]), y]
        loss = -torch.log(picked + self.eps)

        if self.reduction == 'mean':
            return loss.mean()
        elif self.reduction == 'sum':
            return loss.sum()
        return loss.reshape(targets.shape)
