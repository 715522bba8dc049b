# -*- coding: utf-8 -*-
# I acknowledge the use of DeepSeek (https://chat.deepseek.com) to generate initial ideas for background research in the drafting of this assignment.
# I used it to explain the softmax formula to me.

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.useBias = bias
        self.weight = nn.Parameter(torch.rand(out_features, in_features) - 0.5)
        self.bias = nn.Parameter(torch.rand(out_features) - 0.5) if bias else None

    def forward(self, x):
        wT = self.weight.transpose(0, 1)
        out = torch.einsum("...i,ij->...j", x, wT)
        if self.useBias:
            out = out + self.bias
        return out


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.inC = in_channels
        self.outC = out_channels
        self.kSize = kernel_size
        self.stride = stride
        self.padSize = padding
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size) - 0.5)
        self.bias = nn.Parameter(torch.rand(out_channels) - 0.5)

    def outSize(self, inSize):
        return (inSize - self.kSize + 2 * self.padSize) // self.stride + 1

    def forward(self, x):
        nBatch, nChannel, inH, inW = x.shape
        outH = self.outSize(inH)
        outW = self.outSize(inW)
        patches = F.unfold(x, (self.kSize, self.kSize), padding=self.padSize, stride=self.stride)
        patches = patches.view(nBatch, nChannel, self.kSize, self.kSize, outH, outW)
        out = torch.einsum("bcxyhw,ocxy->bohw", patches, self.weight)
        biasRow = self.bias.unsqueeze(0).unsqueeze(2).unsqueeze(3)
        return out + biasRow


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kSize = kernel_size
        self.stride = stride if stride else kernel_size
        self.padSize = padding

    def outSize(self, inSize):
        return (inSize - self.kSize + 2 * self.padSize) // self.stride + 1

    def forward(self, x):
        nBatch, nChannel, inH, inW = x.shape
        outH = self.outSize(inH)
        outW = self.outSize(inW)
        # unfold pads with zero, so move everything above zero first and back afterwards
        lowest = -(-x).max()
        patches = F.unfold(x - lowest, (self.kSize, self.kSize), padding=self.padSize, stride=self.stride)
        patches = patches.view(nBatch, nChannel, self.kSize * self.kSize, outH, outW)
        return patches.max(dim=2)[0] + lowest


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduction = reduction

    def softmax(self, z):
        expZ = torch.exp(z)
        return expZ / torch.sum(expZ, dim=1, keepdim=True)

    def forward(self, logits, targets):
        prob = self.softmax(logits)
        probTarget = torch.gather(prob, 1, targets.unsqueeze(1)).squeeze(1)
        # avoid log(0)
        loss = -torch.log(probTarget + 1e-12)
        if self.reduction == 'mean':
            loss = loss.sum() / loss.shape[0]
        elif self.reduction == 'sum':
            loss = loss.sum()
        return loss
