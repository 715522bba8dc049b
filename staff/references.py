"""Each graded layer's reference: torch.nn in float64, and how far rounding may carry a right float32 answer from it.

A sum of K products, in any order and in floating point, may be off by 4·sqrt(K + 8)·eps times the sum of their absolute
values: rounding errors are independent, so they grow like sqrt(K), and 4 standard deviations leave no right answer out.
(N. J. Higham and T. Mary, A New Approach to Probabilistic Rounding Error Analysis, SIAM J. Sci. Comput. 41, 2019.)
"""

import numpy as np
import torch
import torch.nn as nn

EPS = float(np.finfo(np.float32).eps)
MODULES = {
    "CustomLinear": nn.Linear,
    "CustomConv2D": nn.Conv2d,
    "CustomMaxPool2D": nn.MaxPool2d,
    "CustomCrossEntropyLoss": nn.CrossEntropyLoss,
}


def run(layer, arguments, parameters, inputs, upstream, values=lambda t: t):
    """Returns torch.nn's results in float64: "output", and with an upstream gradient "grad.x" and the parameters'.

    ``values`` is applied to every parameter, input and upstream gradient first.
    """
    tensors = {name: torch.from_numpy(np.asarray(value)) for name, value in inputs.items()}
    tensors = {n: values(t.double()).requires_grad_() if t.is_floating_point() else t for n, t in tensors.items()}
    module = MODULES[layer](**arguments).double()
    module.load_state_dict({name: values(torch.from_numpy(value).double()) for name, value in parameters.items()})
    output = module(*tensors.values())
    results = {"output": output}
    if upstream is not None:
        output.backward(values(torch.from_numpy(np.asarray(upstream)).double()))
        first = next(iter(tensors))
        results |= {f"grad.{first}": tensors[first].grad}
        results |= {f"grad.{name}": p.grad for name, p in module.named_parameters()}
    return {name: value.detach().numpy() for name, value in results.items()}


def reference(layer, arguments, parameters, inputs, upstream):
    """Returns the reference and the bound of every result."""
    results = run(layer, arguments, parameters, inputs, upstream)
    if layer == "CustomCrossEntropyLoss":
        return results, loss_bounds(arguments, inputs, upstream)
    # Fed with absolute values, the layer sums absolute values; fed with ones, it counts what it sums.
    sizes = run(layer, arguments, parameters, inputs, upstream, torch.abs)
    counts = run(layer, arguments, parameters, inputs, upstream, torch.ones_like)
    if layer == "CustomMaxPool2D":  # a maximum is chosen, not computed; where it is chosen, only its input says
        sizes["output"] = np.zeros_like(sizes["output"])
        if upstream is not None:
            pool = run(layer, arguments, {}, inputs, np.abs(upstream))
            count = run(layer, arguments, {}, inputs, np.ones_like(upstream))
            sizes["grad.x"], counts["grad.x"] = pool["grad.x"], count["grad.x"]
    return results, {name: 4 * np.sqrt(counts[name] + 8) * EPS * sizes[name] for name in results}


def loss_bounds(arguments, inputs, upstream):
    """Bounds of cross-entropy, for a right implementation in any of its stable forms.

    A form that computes log Σ exp z before it subtracts z_t rounds numbers as large as the logits; this is granted:

        |δ loss|   ≤ 4·sqrt(C + 8)·eps·(max |z| + log C + 1)
        |δ grad_c| ≤ |upstream|·(p_c·(exponent's error + 4·sqrt(C + 8)·eps) + 8·eps·[c = t] + 8·sqrt(C + 8)·eps·[c = m])

    with the exponent's error as δ loss. At the maximum m, which was subtracted from every logit, all of them leave the
    rounding of a sum that would be 0: Σ (p_c - [c = t]), of absolute values that sum to at most 2. A mean or a sum over
    n adds 4·sqrt(n + 8)·eps times the sum of absolute values.
    """
    logits, targets = inputs["logits"].astype(np.float64), inputs["targets"]
    classes = logits.shape[1]
    size = np.abs(logits).max(axis=1) + np.log(classes) + 1  # of every position
    each = 4 * np.sqrt(classes + 8) * EPS * size
    none = {name: value for name, value in arguments.items() if name != "reduction"} | {"reduction": "none"}
    losses = np.abs(run("CustomCrossEntropyLoss", none, {}, inputs, None)["output"])
    n, reduction = losses.size, arguments.get("reduction", "mean")
    share = {"mean": 1 / n, "sum": 1.0, "none": 1.0}[reduction]
    total = share * (each + 4 * np.sqrt(n + 8) * EPS * losses)
    bounds = {"output": total if reduction == "none" else total.sum()}
    if upstream is not None:
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = shifted / shifted.sum(axis=1, keepdims=True)
        hit = np.moveaxis(np.eye(classes)[targets], -1, 1)
        spread = np.expand_dims(np.abs(upstream) if reduction == "none" else np.full(losses.shape, abs(upstream)), 1)
        relative = np.expand_dims(each, 1) + 4 * np.sqrt(classes + 8) * EPS
        peak = 8 * np.sqrt(classes + 8) * EPS * (shifted == 1)
        bounds["grad.logits"] = share * spread * (p * relative + 8 * EPS * hit + peak)
    return {name: np.asarray(value) + np.finfo(np.float32).tiny for name, value in bounds.items()}


def tie_groups(x, kernel, padding):
    """Labels each input element: the tied maxima of one window share a label, every other element has its own.

    The windows must not overlap: the stride is the kernel's. Any split of a window's gradient between its tied maxima
    is a subgradient, and so is right.
    """
    labels = np.arange(x.size).reshape(x.shape)
    n, c, height, width = x.shape
    stops = ((side + 2 * padding - kernel) // kernel + 1 for side in (height, width))
    for index in np.ndindex(n, c, *stops):
        rows, columns = (slice(max(0, i * kernel - padding), (i + 1) * kernel - padding) for i in index[2:])
        window, label = x[index[0], index[1], rows, columns], labels[index[0], index[1], rows, columns]
        label[window == window.max()] = label[window == window.max()].min()
    return labels
