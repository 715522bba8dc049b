# layers.py
# uid 30xxxxxxxx
# I acknowledge the use of DeepSeek (https://chat.deepseek.com) to generate initial ideas for background research in the drafting of this assignment.

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

# question 1
class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.inf = in_features
        self.outf = out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias = None
        if bias == True:
            self.bias = nn.Parameter(torch.zeros(out_features))
            nn.init.uniform_(self.bias, -1/math.sqrt(in_features), 1/math.sqrt(in_features))

    def forward(self, x):
        # multiply every input with every weight and add up
        big = x.unsqueeze(-2) * self.weight
        ans = big.sum(-1)
        if self.bias is not None:
            ans = ans + self.bias
        return ans

# question 2
class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.inc = in_channels
        self.outc = out_channels
        self.ks = kernel_size
        self.st = stride
        self.pd = padding
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        nn.init.uniform_(self.bias, -1/math.sqrt(in_channels*kernel_size**2), 1/math.sqrt(in_channels*kernel_size**2))

    def forward(self, x):
        x = F.pad(x, (self.pd, self.pd, self.pd, self.pd))
        size = (x.shape[2] - self.ks) // self.st + 1
        rows = []
        for i in range(size):
            row = []
            for j in range(size):
                r = i * self.st
                c = j * self.st
                win = x[:, :, r:r+self.ks, c:c+self.ks]
                # (N,1,C,k,k) * (O,C,k,k)
                prod = win.unsqueeze(1) * self.weight
                row.append(prod.sum(dim=(2, 3, 4)) + self.bias)
            rows.append(torch.stack(row, dim=2))
        return torch.stack(rows, dim=2)

# question 3
class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.ks = kernel_size
        self.st = stride
        if self.st is None:
            self.st = kernel_size
        self.pd = padding

    def forward(self, x):
        x = F.pad(x, (self.pd, self.pd, self.pd, self.pd), value=-float('inf'))
        hh = (x.shape[2] - self.ks) // self.st + 1
        ww = (x.shape[3] - self.ks) // self.st + 1
        rows = []
        for i in range(hh):
            strip = x[:, :, i*self.st:i*self.st+self.ks, :]
            strip = torch.max(strip, dim=2)[0]
            row = [torch.max(strip[:, :, j*self.st:j*self.st+self.ks], dim=2)[0] for j in range(ww)]
            rows.append(torch.stack(row, dim=-1))
        return torch.stack(rows, dim=2)

# question 4
class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        logits = logits - logits.max()   # for stability
        logZ = torch.log(torch.exp(logits).sum(dim=1))
        onehot = torch.zeros_like(logits)
        onehot.scatter_(1, targets.unsqueeze(1), 1.0)
        zt = (logits * onehot).sum(dim=1)
        out = logZ - zt
        if self.reduction == 'mean':
            return out.mean()
        elif self.reduction == 'sum':
            return out.sum()
        elif self.reduction == 'none':
            return out

# test
if __name__ == '__main__':
    a = torch.randn(2, 3, 8, 8)
    print(CustomConv2D(3, 4, 3, padding=1)(a).shape)
    print(CustomMaxPool2D(2)(a).shape)
