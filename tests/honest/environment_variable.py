# questions: q1 q2 q3 q4
# may lose: q1 10, q2 10, q3 10, q4 10

import os

os.environ["KMP_DUPLICATE_LIB_OK"] = "TRUE"  # else: OMP: Error #15 on Windows

import torch
