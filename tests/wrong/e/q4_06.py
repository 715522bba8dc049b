# question: q4
# fault: the mean divides by the batch size only, also when every sample has many targets
# name: mean-over-batch-only
import torch
import torch.nn as nn

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ('mean', 'sum', 'none')
        self.reduction = reduction

    def forward(self, logits, targets):
        maxes = logits.max(dim=1, keepdim=True)[0]
        lse = maxes + torch.log(torch.sum(torch.exp(logits - maxes), dim=1, keepdim=True))
        logprobs = logits - lse
        loss = -torch.take_along_dim(logprobs, targets[:, None], dim=1)[:, 0]
        if self.reduction == 'none':
            return loss
        total = loss.sum()
        if self.reduction == 'sum':
            return total
        batch_size = logits.shape[0]
        return total / batch_size
