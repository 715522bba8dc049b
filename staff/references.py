"""The reference of each graded layer, and how far rounding may carry a right answer from it.

The reference is torch.nn in float64. A right float32 answer that sums K products, in any order, may
be off by

    4·sqrt(K + 8)·eps·Σ|product|

since rounding errors are independent: they grow like sqrt(K), and 4 standard deviations leave no
right answer out. The 8 grants short sums, too, a few roundings.

Source: N. J. Higham and T. Mary, A New Approach to Probabilistic Rounding Error Analysis, SIAM J.
Sci. Comput. 41, 2019.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn as nn

Arrays = dict[str, np.ndarray]
Change = Callable[[torch.Tensor], torch.Tensor]

EPS = float(np.finfo(np.float32).eps)
DEVIATIONS = 4  # standard deviations of the rounding error that a bound covers
MORE_TERMS = 8  # counted besides those summed, so that short sums are granted some roundings, too
SINGLE_ROUNDINGS = 8  # granted where nothing is summed, but subtracted from 1
MODULES: dict[str, type[nn.Module]] = {
    "CustomLinear": nn.Linear,
    "CustomConv2D": nn.Conv2d,
    "CustomMaxPool2D": nn.MaxPool2d,
    "CustomCrossEntropyLoss": nn.CrossEntropyLoss,
}


@dataclass(frozen=True)
class Call:
    """One call of a layer: how the layer is made, and what it is called with.

    ``arguments`` are the constructor's, by name. Without ``upstream``, the gradient of the output,
    nothing is propagated backward.
    """

    layer: str
    arguments: dict[str, Any]
    parameters: Arrays
    inputs: Arrays
    upstream: np.ndarray | None = None


def rounding(terms: Any) -> Any:
    """Returns 4·sqrt(K + 8)·eps, the relative rounding error that a sum of K terms may have."""
    return DEVIATIONS * np.sqrt(terms + MORE_TERMS) * EPS


def reference(call: Call) -> tuple[Arrays, Arrays]:
    """Returns the reference of every result of a call, and the bound of its every element.

    Results are named "output" and, with an upstream gradient, "grad.x", "grad.weight" and so on.
    """
    results = run(call)
    if call.layer == "CustomCrossEntropyLoss":
        return results, loss_bounds(call)
    if call.layer == "CustomMaxPool2D":
        return results, pool_bounds(call)
    # Fed with absolute values, the layer sums absolute values; fed with ones, it counts them.
    sizes = run(call, torch.abs)
    terms = run(call, torch.ones_like)
    return results, {name: rounding(terms[name]) * sizes[name] for name in results}


def run(call: Call, change: Change = torch.clone) -> Arrays:
    """Returns torch.nn's results in float64.

    Every parameter, input and upstream gradient goes through ``change`` first.
    """
    module = MODULES[call.layer](**call.arguments).double()
    module.load_state_dict(
        {name: change(_double(value)) for name, value in call.parameters.items()}
    )
    inputs = {name: _input(value, change) for name, value in call.inputs.items()}
    output = module(*inputs.values())
    results = {"output": output}
    if call.upstream is not None:
        output.backward(change(_double(call.upstream)))
        first = next(iter(inputs))
        leaves = {first: inputs[first], **dict(module.named_parameters())}
        results |= {f"grad.{name}": leaf.grad for name, leaf in leaves.items()}
    return {name: value.detach().numpy() for name, value in results.items()}


def _double(value: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(value)).double()


def _input(value: np.ndarray, change: Change) -> torch.Tensor:
    """Returns an input of real numbers as a leaf of the graph, and one of classes as it is."""
    if value.dtype.kind == "f":
        return change(_double(value)).requires_grad_()
    return torch.from_numpy(value)


def pool_bounds(call: Call) -> Arrays:
    """Returns the bounds of a max pool.

    A maximum is chosen, not computed, so it is exact. An input's gradient sums the upstream of the
    K windows that chose it: 4·sqrt(K + 8)·eps·Σ|upstream|.
    """
    bounds = {"output": np.zeros_like(run(call)["output"])}
    if call.upstream is not None:
        # Only the input says where a maximum is, so it stays; the upstream is what is summed.
        sizes = run(replace(call, upstream=np.abs(call.upstream)))
        terms = run(replace(call, upstream=np.ones_like(call.upstream)))
        bounds["grad.x"] = rounding(terms["grad.x"]) * sizes["grad.x"]
    return bounds


def loss_bounds(call: Call) -> Arrays:
    """Returns the bounds of cross-entropy, for a right implementation in any of its stable forms.

    A form that computes log Σ exp z before it subtracts z_t rounds numbers as large as the logits;
    this is granted. With r = 4·sqrt(C + 8)·eps,

        |δ loss|   ≤ r·(max |z| + log C + 1)
        |δ grad_c| ≤ |upstream|·(p_c·(|δ loss| + r) + 8·eps·[c = t] + 2·r·[c = m])

    At the maximum m, which was subtracted from every logit, all of them leave the rounding of a sum
    that would be 0: Σ (p_c - [c = t]), of absolute values that sum to at most 2. A mean or a sum
    over n losses adds 4·sqrt(n + 8)·eps·Σ|loss|.

    Shape: logits (N, C, d1, ...), targets (N, d1, ...), the bound of "output" as the loss and that
    of "grad.logits" as the logits.
    """
    logits = call.inputs["logits"].astype(np.float64)
    reduction = call.arguments.get("reduction", "mean")
    losses = np.abs(run(_each_loss(call))["output"])
    share = 1 / losses.size if reduction == "mean" else 1.0
    classes = logits.shape[1]
    of_loss = rounding(classes) * (np.abs(logits).max(axis=1) + np.log(classes) + 1)
    output = share * (of_loss + rounding(losses.size) * losses)
    bounds = {"output": output if reduction == "none" else output.sum()}
    if call.upstream is not None:
        upstream = share * np.broadcast_to(np.abs(call.upstream), losses.shape)
        of_gradient = _loss_gradient_bound(logits, call.inputs["targets"], of_loss)
        bounds["grad.logits"] = np.expand_dims(upstream, 1) * of_gradient
    return {name: value + np.finfo(np.float32).tiny for name, value in bounds.items()}


def _each_loss(call: Call) -> Call:
    """Returns the call forward and unreduced."""
    return replace(call, arguments=call.arguments | {"reduction": "none"}, upstream=None)


def _loss_gradient_bound(
    logits: np.ndarray, targets: np.ndarray, of_loss: np.ndarray
) -> np.ndarray:
    """Returns the bound of the gradient for an upstream of 1."""
    classes = logits.shape[1]
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = shifted / shifted.sum(axis=1, keepdims=True)
    is_target = np.moveaxis(np.eye(classes)[targets], -1, 1)
    is_maximum = shifted == 1
    of_p = p * (np.expand_dims(of_loss, 1) + rounding(classes))
    at_target = SINGLE_ROUNDINGS * EPS * is_target
    at_maximum = 2 * rounding(classes) * is_maximum
    return of_p + at_target + at_maximum


def tie_groups(x: np.ndarray, kernel: int, padding: int) -> np.ndarray:
    """Labels each input element of a max pool whose stride is its kernel.

    The tied maxima of one window share a label; every other element has its own. Any split of a
    window's gradient between its tied maxima is a subgradient, and so is right. Windows that do not
    overlap keep this simple.

    Shape: x (N, C, H, W), the labels likewise.
    """
    labels = np.arange(x.size).reshape(x.shape)
    height, width = x.shape[2:]
    for rows in _windows(height, kernel, padding):
        for columns in _windows(width, kernel, padding):
            for plane in np.ndindex(*x.shape[:2]):
                window = x[plane][rows, columns]
                label = labels[plane][rows, columns]
                is_maximum = window == window.max()
                label[is_maximum] = label[is_maximum].min()
    return labels


def _windows(size: int, kernel: int, padding: int) -> list[slice]:
    """Returns what of an axis each window covers, without the padding."""
    stops = (size + 2 * padding - kernel) // kernel + 1
    starts = [stop * kernel - padding for stop in range(stops)]
    return [slice(max(0, start), start + kernel) for start in starts]
