# question: q3
# fault: the forward pass runs under torch.no_grad(), so no gradient flows to the input
# name: pool-input-detached
# fault: the output size lacks the + 1
# name: pool-last-stop-missing
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        # pooling has no parameters
        with torch.no_grad():
            k, s, p = self.kernel_size, self.stride, self.padding
            b, c, h, w = x.shape
            padded = torch.full((b, c, h + 2 * p, w + 2 * p), float("-inf"), dtype=x.dtype, device=x.device)
            padded[:, :, p:p + h, p:p + w] = x
            oh = (h + 2 * p - k) // s
            ow = (w + 2 * p - k) // s
            st = padded.stride()
            view = torch.as_strided(padded, (b, c, oh, ow, k, k),
                                    (st[0], st[1], st[2] * s, st[3] * s, st[2], st[3]))
            return view.reshape(b, c, oh, ow, k * k).max(dim=4)[0]
