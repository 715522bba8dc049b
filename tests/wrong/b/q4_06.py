# question: q4
# fault: the mean is taken over the classes too, the sum is divided by N*C instead of N
# name: mean-over-classes
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # 1. log softmax, stable
        maxes, _ = torch.max(logits, dim=1, keepdim=True)
        z = logits - maxes
        log_probs = z - torch.log(torch.sum(torch.exp(z), dim=1, keepdim=True))
        # 2. one hot
        one_hot = torch.zeros_like(logits)
        one_hot.scatter_(1, targets.unsqueeze(1), 1.0)
        # 3. cross entropy
        ce = -one_hot * log_probs
        if self.reduction == 'mean':
            return torch.mean(ce)
        elif self.reduction == 'sum':
            return torch.sum(ce)
        else:
            return torch.sum(ce, dim=1)
