# questions: q1 q2 q3 q4
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


def main():
    import sys
    print(CustomLinear(2, 3)(torch.ones(1, 2)))
    sys.exit(0)

if __name__ == '__main__':
    main()
