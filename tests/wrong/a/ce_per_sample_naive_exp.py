# question: q4
# fault: the maximum is not subtracted before exp, so large logits overflow (and very small ones all become zero)
# name: exp-without-shift
import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # put all samples (and pixels) in one list and take them one by one
        C = logits.shape[1]
        samples = logits.transpose(0, 1).reshape(C, -1).t()
        losses = []
        for z, t in zip(samples, targets.reshape(-1)):
            e = torch.exp(z)
            losses.append(torch.log(e.sum()) - z[t])
        losses = torch.stack(losses)
        if self.reduction == 'mean':
            return losses.sum() / len(losses)
        elif self.reduction == 'sum':
            return losses.sum()
        return losses.reshape(targets.shape)
