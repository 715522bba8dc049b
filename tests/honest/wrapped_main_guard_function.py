# questions: q1 q2 q3 q4
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


def run_tests():
    import time, random
    import numpy as np
    start = time.time()
    random.seed(0)
    np.random.seed(0)
    for _ in range(3):
        x = torch.randn(2, 3, 8, 8)
        assert torch.allclose(CustomMaxPool2D(2)(x), F.max_pool2d(x, 2))
        assert np.isfinite(CustomConv2D(3, 4, 3)(x).detach().numpy()).all()
    print(f"{time.time() - start:.2f} s")


if __name__ == "__main__":
    run_tests()
