# questions: q3
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride else kernel_size
        self.padding = padding

    def forward(self, x):
        B, C, H, W = x.shape
        K, S, P = self.kernel_size, self.stride, self.padding
        canvas = torch.full([B, C, H + 2 * P, W + 2 * P], torch.finfo(x.dtype).min, dtype=x.dtype, device=x.device)
        canvas[:, :, P:P + H, P:P + W] = x
        patches = nn.functional.unfold(canvas.reshape(B * C, 1, H + 2 * P, W + 2 * P), K, stride=S)
        Ho = int((H + 2 * P - K) / S + 1)
        Wo = int((W + 2 * P - K) / S + 1)
        return torch.amax(patches, dim=1).view(B, C, Ho, Wo)
