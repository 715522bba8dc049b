# questions: q1 q2 q3 q4
# may lose: nothing

import argparse
import os
import sys
import time
import unittest

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class LayerTests(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        np.random.seed(0)
        self.start = time.perf_counter()

    def test_pool(self):
        x = torch.from_numpy(np.random.randn(2, 3, 8, 8).astype(np.float32))
        self.assertTrue(torch.equal(CustomMaxPool2D(2)(x), F.max_pool2d(x, 2)))

    def tearDown(self):
        sys.stderr.write(f'{time.perf_counter() - self.start:.3f} s\n')


def benchmark(layer, *inputs, repeat=10):
    best = float('inf')
    for _ in range(repeat):
        t0 = time.time()
        layer(*inputs)
        best = min(best, time.time() - t0)
    return best


def main(argv=None):
    parser = argparse.ArgumentParser(description='tests and timing')
    parser.add_argument('--time', action='store_true')
    parser.add_argument('--out', default=os.path.join('.', 'layers.pt'))
    args = parser.parse_args(argv)
    if args.time:
        x = torch.randn(16, 3, 32, 32)
        ours, theirs = CustomConv2D(3, 8, 3), nn.Conv2d(3, 8, 3)
        print('ours %.6f, torch %.6f' % (benchmark(ours, x), benchmark(theirs, x)))
        torch.save(ours.state_dict(), args.out)
        sys.exit(0)
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
