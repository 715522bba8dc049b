# question: q4
# fault: log(softmax + eps) is used instead of the log-sum-exp form, so the loss of improbable classes is capped
# name: eps-inside-log logarithm-bounded
# fault: the shift by the maximum is done in place on the caller's logits
# name: logits-shifted-in-place
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction
        self.eps = 1e-8

    def forward(self, logits, targets):
        logits -= logits.max(dim=1, keepdim=True)[0]
        exps = torch.exp(logits)
        sums = exps.sum(dim=1, keepdim=True)
        log_probs = torch.log(exps / sums + self.eps)

        log_probs = log_probs.transpose(0, 1)               # classes first
        C = log_probs.shape[0]
        flat_t = targets.reshape(-1)
        chosen = log_probs.reshape(C, -1)[flat_t, torch.arange(len(flat_t), device=flat_t.device)]
        loss = (-chosen).view_as(targets)

        if self.reduction == 'mean':
            return torch.mean(loss)
        elif self.reduction == 'sum':
            return torch.sum(loss)
        elif self.reduction == 'none':
            return loss
        raise ValueError('unknown reduction: ' + str(self.reduction))
