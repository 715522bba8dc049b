import math
import torch
import torch.nn as nn
import torch.nn.functional as F

# I did not use any AI technologies in preparing or writing up this assignment.

class CustomLinear(nn.Module):
  def __init__(self, in_features, out_features, bias=True):
    super().__init__()
    self.weight = nn.Parameter(torch.empty(out_features, in_features))
    nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
    if not bias:
      self.bias = None
    else:
      self.bias = nn.Parameter(torch.empty(out_features))
      limit = 1 / math.sqrt(in_features)
      nn.init.uniform_(self.bias, -limit, limit)

  def forward(self, x):
    if self.bias is None:
      return x @ self.weight.T
    return x @ self.weight.T + self.bias

class CustomConv2D(nn.Module):
  def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
    super().__init__()
    self.ic = in_channels; self.oc = out_channels
    self.k = kernel_size; self.s = stride; self.p = padding
    self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
    self.bias = nn.Parameter(torch.empty(out_channels))
    nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
    b = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
    nn.init.uniform_(self.bias, -b, b)

  def forward(self, x):
    n, c, h, w = x.shape
    oh = (h + 2*self.p - self.k) // self.s + 1
    ow = (w + 2*self.p - self.k) // self.s + 1
    col = F.unfold(x, kernel_size=self.k, padding=self.p, stride=self.s)  # n, ckk, l
    kernels = self.weight.view(self.oc, -1).T    # ckk, oc
    result = col.transpose(1, 2) @ kernels + self.bias
    return result.transpose(1, 2).reshape(n, self.oc, oh, ow)

class CustomMaxPool2D(nn.Module):
  def __init__(self, kernel_size, stride=None, padding=0):
    super().__init__()
    self.k = kernel_size
    self.s = kernel_size if stride is None else stride
    self.p = padding

  def forward(self, x):
    n, c, h, w = x.shape
    oh = (h + 2*self.p - self.k) // self.s + 1
    ow = (w + 2*self.p - self.k) // self.s + 1
    padded = F.pad(x, (self.p,)*4, value=-math.inf)
    as_batch = padded.reshape(n*c, 1, *padded.shape[2:])
    col = F.unfold(as_batch, self.k, stride=self.s)
    biggest = col.max(1)[0]
    return biggest.reshape(n, c, oh, ow)

class CustomCrossEntropyLoss(nn.Module):
  def __init__(self, reduction='mean'):
    super().__init__()
    self.reduction = reduction

  def forward(self, logits, targets):
    m = logits.max(1, keepdim=True)[0]
    lse = (logits - m).exp().sum(1, keepdim=True).log() + m
    nll = -torch.gather(logits - lse, 1, targets[:, None])[:, 0]
    if self.reduction == 'none':
      return nll
    elif self.reduction == 'sum':
      return nll.sum()
    return nll.mean()
