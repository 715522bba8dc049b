# question: q4
# fault: the logits are shifted by the maximum of the whole batch instead of each sample's own maximum
# name: one-shift-for-all
# fault: 'mean' averages the one-hot loss matrix over the classes too, so it is C times too small
# name: mean-over-classes
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        n_cls = logits.size(1)
        if logits.dim() > 2:
            order = [0] + list(range(2, logits.dim())) + [1]
            a = logits.permute(*order).reshape(-1, n_cls)
        else:
            a = logits
        y = targets.reshape(-1)
        one_hot = torch.zeros(y.shape[0], n_cls, dtype=a.dtype, device=a.device)
        one_hot.scatter_(1, y[:, None], 1)

        a = a - a.max()
        log_softmax_ = a - torch.log(torch.sum(torch.exp(a), dim=1, keepdim=True))
        mat = -one_hot * log_softmax_

        if self.reduction == 'sum':
            return mat.sum()
        if self.reduction == 'none':
            return mat.sum(dim=1).reshape(targets.shape)
        return mat.mean()
