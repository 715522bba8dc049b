# questions: q1 q2 q3 q4
# may lose: nothing

import os
import sys
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
