# questions: q1 q2 q3 q4
# may lose: nothing

r"""
Layers for A3.

Usage::

    >>> layer = CustomLinear(2, 3)
    >>> layer(torch.ones(1, 2)).shape
    torch.Size([1, 3])

Escapes such as \d, \u and \N are left alone here.
"""
__author__ = 'A Student'
__version__ = '1.0'
__all__ = ['CustomLinear', 'CustomConv2D', 'CustomMaxPool2D', 'CustomCrossEntropyLoss']
