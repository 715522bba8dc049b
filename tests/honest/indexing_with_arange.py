# questions: q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    """ -x[target] + log(sum(exp(x))) """

    def __init__(self, reduction: str = "mean"):
        super().__init__()
        self.reduction = reduction.lower()

    def forward(self, logits, targets):
        if logits.dim() > 2:
            logits = logits.flatten(2).transpose(1, 2).flatten(0, 1)
        shape, targets = targets.shape, targets.flatten()
        rows = torch.arange(logits.shape[0], device=logits.device)
        biggest = torch.max(logits, dim=1)[0]
        shifted = logits - biggest[:, None]
        loss = torch.log(torch.exp(shifted).sum(1)) - shifted[rows, targets]
        loss = loss.reshape(shape)
        if self.reduction == "none":
            return loss
        elif self.reduction == "sum":
            return torch.sum(loss)
        elif self.reduction == "mean":
            return torch.mean(loss)
        else:
            raise NotImplementedError(self.reduction)
