# questions: q2
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_printoptions(precision=3, sci_mode=False, linewidth=120)
DEBUG = False


def log(*args, level='info', **kwargs):
    if DEBUG or level == 'error':
        print(f'[{level.upper():<7}]', *args, **kwargs)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.randn(out_channels))
        log('created', self, level='debug', end='\n\n')

    def forward(self, x):
        width = 8
        print(f"{x.shape!r:>30} {x.dtype} {x.requires_grad=} {x.flatten()[0].item():+.3e} {len(x):0{width}d} {100 * .5:.1f}%")
        print('%d x %d' % (self.kernel_size, self.kernel_size), '{:>10}|{!s:^5}|{n:x}'.format(self.stride, self.padding, n=255))
        print("weights:", self.weight.detach()[0, 0], sep='\t')
        cols = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        out = torch.einsum('ok,nkl->nol', self.weight.reshape(len(self.weight), -1), cols)
        h = (x.shape[2] + 2 * self.padding - self.kernel_size) // self.stride + 1
        return out.reshape(x.shape[0], len(self.weight), h, -1) + self.bias.reshape(-1, 1, 1)

    def __repr__(self):
        return f'{self.__class__.__name__}({self.kernel_size}, {self.stride})'

    def __str__(self):
        return 'a convolution: ' + repr(self)
