# question: q4
# fault: the log-sum-exp is computed without gradient, so only the logit of the target class is learned
# name: sum-detached

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        with torch.no_grad():
            # the normaliser is only a constant of each sample
            biggest = logits.max(dim=1, keepdim=True)[0]
            norm = torch.log(torch.exp(logits - biggest).sum(dim=1, keepdim=True))
        log_softmax = logits - biggest - norm
        losses = 0 - log_softmax.gather(1, targets[:, None]).squeeze(1)
        return {"mean": losses.mean, "sum": losses.sum, "none": losses.clone}[self.reduction]()
