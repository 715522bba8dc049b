# questions: q1 q2 q3 q4
# may lose: nothing

import unittest
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class TestLayers(unittest.TestCase):
    def test_linear(self):
        self.assertEqual(CustomLinear(2, 3)(torch.ones(1, 2)).shape, (1, 3))
