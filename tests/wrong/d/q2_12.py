# question: q2
# fault: the padded copy is filled with the slice padding:-padding, which is empty for padding 0 and raises
# name: conv-empty-slice
# fault: the return stands inside the loop over the images, so only the first image of the batch comes out
# name: conv-first-image-alone

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size if not isinstance(kernel_size, int) else (kernel_size,) * 2
        self.stride = stride if not isinstance(stride, int) else (stride,) * 2
        self.padding = padding if not isinstance(padding, int) else (padding,) * 2
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _pad(self, x):
        ph, pw = self.padding
        n, c, h, w = x.shape
        out = torch.zeros(n, c, h + 2 * ph, w + 2 * pw, dtype=x.dtype, device=x.device)
        out[:, :, ph:-ph, pw:-pw] = x
        return out

    def forward(self, x):
        x = self._pad(x)
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        outputs = []
        for image in x:
            patches = image.unfold(1, kh, sh).unfold(2, kw, sw)      # (C, oh, ow, kh, kw)
            maps = torch.einsum('chwkl,ockl->ohw', patches, self.weight)
            outputs.append(maps + self.bias[:, None, None])
            return torch.stack(outputs)
