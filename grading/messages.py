"""What the messages mean that PyTorch gives most often to beginners. Words alone.

A meaning says what the message says, in the terms of the handout, and never guesses why it came to
that. Each is tested by provoking its message.
"""

from __future__ import annotations

import re

# A pattern of the message, and its meaning, which may name what the pattern has found.
MEANINGS = [
    (
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at "
        r"non-singleton dimension (\d+)",
        "Two tensors are combined element by element. Counted from the right, their sizes must be "
        "equal or 1; in dimension {2} they are {0} and {1}.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)"
        r"|size mismatch, got input",
        "In a product of matrices, the first must have as many columns as the second has rows.",
    ),
    (
        r"view size is not compatible with input tensor's size and stride",
        "view changes the shape only where the elements lie in memory in the order in which they "
        "are read. After permute or unfold they may not; reshape copies them if need be.",
    ),
    (
        r"shape '(\[.*\])' is invalid for input of size (\d+)",
        "A new shape must have as many elements as the tensor has, which are {1}; {0} has not.",
    ),
    (
        r"einsum\(\): the number of subscripts in the equation \((\d+)\) does not match the number "
        r"of dimensions \((\d+)\) for operand (\d+)",
        "In einsum every dimension of a tensor has a letter. Tensor {2} (counted from 0) has {0} "
        "letters and {1} dimensions.",
    ),
    (
        r"einsum\(\): subscript (\w) has size (\d+) for operand (\d+) which does not broadcast "
        r"with previously seen size (\d+)",
        "In einsum a letter stands for one size wherever it is. {0} is {1} in tensor {2} (counted "
        "from 0) and {3} in one before it.",
    ),
    (
        r"einsum\(\): output subscript (\w) does not appear in the equation",
        "In einsum every letter behind the arrow must stand before it, too; {0} does not.",
    ),
    (
        r"einsum\(\): (fewer|more) operands were provided",
        "einsum needs one tensor for each group of letters between commas; here there are {0}.",
    ),
    (
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        "The index {0} was asked of a dimension of {2} elements, which are counted from 0.",
    ),
    (
        r"too many indices for tensor of dimension (\d+)",
        "There are more indices in the brackets than the tensor has dimensions, {0}.",
    ),
    (
        r"Dimension out of range \(expected to be in range of "
        r"\[(-?\d+), (\d+)\], but got (-?\d+)\)",
        "The tensor has no dimension {2}: they are counted from 0 to {1}, or from the end, from -1 "
        "to {0}.",
    ),
    (
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "A parameter, or a view of one, is written to in place (x[...] = ..., +=, or a method "
        "whose name ends in _). Autograd needs it as it was.",
    ),
    (
        r"modified by an inplace operation",
        "A tensor was written to in place (x[...] = ..., +=, or a method whose name ends in _) "
        "after autograd had kept it for the backward pass.",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "No parameter and no input that needs a gradient leads to this tensor by operations that "
        "autograd follows, so that there is nothing to go back through.",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "backward() without an argument needs a tensor of one element.",
    ),
    (
        r"expected scalar type \w+ but found \w+|to have the same dtype, but got: \w+ != \w+",
        "Two tensors of different dtypes meet in a product, which wants one dtype for both.",
    ),
    (
        r"Class values must be smaller than num_classes",
        "one_hot was given a class that is not below num_classes. Classes are counted from 0.",
    ),
    (
        r"Class values must be non-negative",
        "one_hot was given a negative class. Classes are counted from 0.",
    ),
    (
        r"one_hot is only applicable to index tensor"
        r"|tensors used as indices must be long|Expected dtype int32/int64 for index"
        r"|expected dtype int64 for index",
        "Indices and classes must be integers (int64), and this tensor holds another dtype.",
    ),
    (
        r"Index tensor must have the same number of dimensions as",
        "gather and scatter want an index with as many dimensions as the tensor has; unsqueeze "
        "adds one.",
    ),
    (
        r"before Module\.__init__\(\) call"
        r"|has no attribute '_(?:backward_hooks|parameters|modules)'",
        "An nn.Module must call super().__init__() first in its own __init__, before it is given "
        "attributes or called.",
    ),
    (
        r"'(\w+)' object has no attribute '(\w+)'",
        "A {0} was asked for {1}, which was not set on it before and which it has not by itself.",
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "if, while, and, or and not need one truth value, and this tensor has several elements. "
        "Whether there is a tensor at all, `is not None` asks.",
    ),
    (
        r"Sizes of tensors must match except in dimension (\d+)"
        r"|stack expects each tensor to be equal size",
        "Tensors that are joined must have equal sizes: for stack in all dimensions, for cat in "
        "all but the one along which they are joined.",
    ),
    (
        r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at "
        r"non-singleton dimension (\d+)",
        "A tensor is stretched to a shape that it does not fit. Only a dimension of size 1 can be "
        "stretched; dimension {2} is {1}, and {0} is wanted.",
    ),
    (
        r"maximum size for tensor at dimension (\d+) is (\d+) but size is (\d+)",
        "unfold was asked for windows of {2} elements in a dimension of {1}.",
    ),
    (
        r"number of dimensions in the tensor input does not match the length of the desired",
        "permute needs every dimension of the tensor once.",
    ),
    (
        r"too many values to unpack \(expected (\d+)|not enough values to unpack \(expected (\d+)",
        "The names to the left of = are not as many as the values to the right; a shape has one "
        "value for each dimension.",
    ),
    (
        r"could not infer output dtype\. Input dtype must be either a floating point",
        "A mean of integers has no dtype of its own; float() turns them into numbers that have.",
    ),
    (
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        "{0} does not work on a {1} and a {2}.",
    ),
    (
        r"'float' object cannot be interpreted as an integer|got \(float",
        "Sizes must be integers. / always gives a float; // gives an integer.",
    ),
]


def meaning(message: str) -> str | None:
    """Returns in a sentence or two what a message of PyTorch or Python means, if it is known."""
    for pattern, sentence in MEANINGS:
        found = re.search(pattern, message)
        if found:
            return sentence.format(*found.groups())
    return None
