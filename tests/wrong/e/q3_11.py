# question: q3
# fault: .item() takes the maxima out of the graph, there is no gradient for the input
# name: pool-input-detached
# fault: the input is taken to be square, the output width is made from the height
# name: pool-square-images-only
# fault: zeros are used as padding
# name: zero-padding
import torch
import torch.nn as nn

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        if self.stride is None:
            self.stride = self.kernel_size
        self.padding = padding

    def forward(self, x):
        n_img, n_ch, h, w = x.shape
        p = self.padding
        xp = torch.zeros((n_img, n_ch, h+2*p, w+2*p), dtype=x.dtype)
        xp[:, :, p:h+p, p:w+p] = x
        n_out = (h + 2*p - self.kernel_size)//self.stride + 1
        y = torch.zeros((n_img, n_ch, n_out, n_out), dtype=x.dtype)
        for n in range(n_img):
            for c in range(n_ch):
                for i in range(n_out):
                    for j in range(n_out):
                        a = i*self.stride
                        b = j*self.stride
                        y[n, c, i, j] = xp[n, c, a:a+self.kernel_size, b:b+self.kernel_size].max().item()
        return y
