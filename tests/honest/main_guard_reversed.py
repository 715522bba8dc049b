# questions: q4
# may lose: nothing

import torch
import torch.nn as nn


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        z = logits - torch.amax(logits, 1, keepdim=True)
        nll = torch.log(torch.exp(z).sum(1)) - z.gather(1, targets.unsqueeze(1)).squeeze(1)
        return nll if self.reduction == 'none' else (nll.mean() if self.reduction == 'mean' else nll.sum())


if '__main__' == __name__:
    import subprocess

    x, y = torch.randn(4, 10, requires_grad=True), torch.tensor([0, 9, 3, 3])
    for reduction in ('none', 'mean', 'sum'):
        ours = CustomCrossEntropyLoss(reduction)(x, y)
        theirs = nn.CrossEntropyLoss(reduction=reduction)(x, y)
        assert torch.allclose(ours, theirs), (ours, theirs)
        ours.sum().backward()
        print(reduction, x.grad.norm().item(), eval('1 + 1'), globals().keys())
    print(subprocess.run(['git', 'log', '-1'], capture_output=True).stdout)
    open('log.txt', 'a').write('ok\n')
