"""A model as MXNet's other languages load it: the network and its parameters."""

import os
import shutil
import tempfile

from .model import gluon_params
from .saving import check_written, force, read, unwritten


def export_model(prefix, model):
    """Write the network for serving: PREFIX-symbol.json and PREFIX-0000.params.

    A hybridised Dense(1) in the data's own units, its input named "data", as
    SymbolBlock.imports and MXNet's other languages load it. Errors as for save.
    """
    from ..compat import mx

    params = gluon_params(model)
    weight, dtype = params["0.weight"], params["0.weight"].dtype
    net = mx.gluon.nn.HybridSequential(
        prefix="linreg_"
    )  # the same names in each export
    with net.name_scope():
        net.add(mx.gluon.nn.Dense(1, in_units=weight.shape[1], dtype=dtype))
        if model.smearing is not None:
            back = mx.gluon.nn.HybridLambda(lambda F, x: F.exp(x) * model.smearing)
            net.add(back)
    net.initialize()
    net[0].weight.set_data(mx.nd.array(weight, dtype=dtype))
    net[0].bias.set_data(mx.nd.array(params["0.bias"], dtype=dtype))
    net.hybridize()
    net(mx.nd.zeros((1, weight.shape[1]), dtype=dtype))
    folder = tempfile.mkdtemp(prefix=".export-", dir=os.path.dirname(prefix) or ".")
    try:
        part = os.path.join(folder, "part")
        net.export(part)
        check_written(part + "-0000.params", [weight, params["0.bias"]])
        if not read(part + "-symbol.json"):
            raise unwritten(part + "-symbol.json")
        for ending in ("-symbol.json", "-0000.params"):
            force(part + ending)
            os.replace(part + ending, prefix + ending)
    finally:
        shutil.rmtree(folder)
    force(os.path.dirname(prefix) or ".")
