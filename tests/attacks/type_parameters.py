"""Python 3.12: visit_ClassDef does not visit type_params, so a bound (3.13: a default) is compiled as it stands.
It is evaluated when hasattr(T, "__bound__") reads it, for hasattr answers for names with two underscores by itself.
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
# compiles: from 3.12
import torch
import torch.nn as nn
import torch.nn.functional as F

found = []


class A[T: found.append((lambda: 0).__globals__["__builtins__"])]:
    parameter = T


hasattr(A.parameter, "__bound__")
print(found[0]["__import__"])
