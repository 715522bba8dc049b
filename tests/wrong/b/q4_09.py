# question: q4
# fault: the maximum is taken without keepdim, so it is subtracted along the wrong axis
# name: keepdim-forgotten
# fault: log_probs[:, labels] picks every label for every sample, an (N, N) matrix, instead of each sample's own
# name: picked-for-every-row
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super(CustomCrossEntropyLoss, self).__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        num_classes = logits.shape[1]
        scores = logits.movedim(1, -1).reshape(-1, num_classes)
        labels = targets.reshape(-1)

        scores = scores - scores.max(dim=1).values
        denom = scores.exp().sum(dim=1, keepdim=True)
        log_probs = scores - denom.log()
        nll = -log_probs[:, labels]

        if self.reduction == 'sum':
            return nll.sum()
        if self.reduction == 'none':
            return nll.reshape(targets.shape)
        return nll.mean()
