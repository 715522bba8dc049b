"""
Declaration: I did not use any AI technologies in preparing or writing up this assignment.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        # ---- Your code begins here. ----
        result = torch.matmul(x, self.weight.T)
        if self.bias is not None:
            result = result + self.bias
        return result
        # ---- Your code ends here. ----


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size**2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        # ---- Your code begins here. ----
        # Step 1: pad the input
        x = F.pad(x, (self.padding, self.padding, self.padding, self.padding))
        batch_size = x.shape[0]
        # Step 2: calculate the output size
        out_h = (x.shape[2] - self.kernel_size) // self.stride + 1
        out_w = (x.shape[3] - self.kernel_size) // self.stride + 1
        # Step 3: unfold the input to columns
        unfolded = F.unfold(x, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        # Step 4: multiply with the kernel
        weight_matrix = self.weight.reshape(self.out_channels, -1)
        result = torch.matmul(weight_matrix, unfolded)
        # Step 5: reshape and add the bias
        result = result.reshape(batch_size, self.out_channels, out_h, out_w)
        result = result + self.bias.reshape(1, self.out_channels, 1, 1)
        return result
        # ---- Your code ends here. ----


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        # ---- Your code begins here. ----
        # Step 1: pad the input with -inf
        x = F.pad(x, (self.padding, self.padding, self.padding, self.padding), value=float("-inf"))
        batch_size, channels = x.shape[0], x.shape[1]
        # Step 2: calculate the output size
        out_h = (x.shape[2] - self.kernel_size) // self.stride + 1
        out_w = (x.shape[3] - self.kernel_size) // self.stride + 1
        # Step 3: unfold the input to columns
        unfolded = F.unfold(x, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        unfolded = unfolded.reshape(batch_size, channels, self.kernel_size * self.kernel_size, out_h, out_w)
        # Step 4: max over each window
        return torch.max(unfolded, dim=2)[0]
        # ---- Your code ends here. ----


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # ---- Your code begins here. ----
        # Cross entropy = logsumexp(logits) - logit of the right class
        lse = torch.logsumexp(logits, dim=1)
        picked = torch.gather(logits, dim=1, index=targets.unsqueeze(1)).squeeze(1)
        losses = lse - picked
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return torch.sum(losses)
        return torch.mean(losses)
        # ---- Your code ends here. ----
