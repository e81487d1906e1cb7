"""A BERT encoder as an ONNX graph whose numbers stay in the model's safetensors file.

ONNX lets a tensor lie in another file at an offset, so the graph of some 40 kB and the file that
sentence-transformers loads share one set of weights: nothing is stored twice, ONNX Runtime maps the
word embeddings into memory instead of reading them, and both engines compute from the same numbers.
Written node by node, the graph needs no torch and no exporter. FusedMatMul takes the matrices as
PyTorch stores them (outputs first); the operators of `com.microsoft` belong to every build of ONNX
Runtime.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embeddings.encoder import TOKEN_LAYERS
from embeddings.packaged_weights import Architecture

IDS = "input_ids"
MASK = "attention_mask"
LAST = "last_hidden_state"
TOKENS = "token_states"

_MICROSOFT = "com.microsoft"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where the float32 numbers of a tensor lie in its file."""

    shape: tuple[int, ...]
    offset: int  # bytes
    size: int  # bytes


def bert_graph(
    architecture: Architecture, tensors: Mapping[str, StoredTensor], *, file: str
) -> bytes:
    """The serialised graph: token ids and mask -> two vectors of every token.

    LAST is that of the last layer; TOKENS the mean over the last TOKEN_LAYERS layers. `tensors` are
    named as transformers names those of BertModel; `file` must lie beside the graph.
    """
    from onnx import TensorProto, helper  # noqa: PLC0415

    writer = _GraphWriter(tensors, file)
    eps = architecture.epsilon
    embeddings = "embeddings."

    zero, one = writer.integer("zero", 0), writer.integer("one", 1)
    width = writer.node("Gather", [writer.node("Shape", [IDS]), one])
    words = writer.node("Gather", [writer.stored(f"{embeddings}word_embeddings.weight"), IDS])
    places = writer.node(
        "Gather",
        [
            writer.stored(f"{embeddings}position_embeddings.weight"),
            writer.node("Range", [zero, width, one]),
        ],
    )
    kind = writer.node("Gather", [writer.stored(f"{embeddings}token_type_embeddings.weight"), zero])
    total = writer.node("Add", [writer.node("Add", [words, kind]), places])
    norm = [writer.stored(f"{embeddings}LayerNorm.{part}") for part in ("weight", "bias")]
    hidden = writer.node("LayerNormalization", [total, *norm], epsilon=eps)
    lengths = writer.node(
        "Cast",
        [writer.node("ReduceSum", [MASK, writer.integer("last axis", [1])], keepdims=0)],
        to=TensorProto.INT32,
    )

    layers: list[str] = []
    for layer in range(architecture.layers):
        at = f"encoder.layer.{layer}."
        heads = [
            writer.node(
                "Add",
                [
                    writer.product(hidden, f"{at}attention.self.{part}.weight"),
                    writer.stored(f"{at}attention.self.{part}.bias"),
                ],
            )
            for part in ("query", "key", "value")
        ]
        mixed = writer.node(
            "MultiHeadAttention",
            [*heads, "", lengths],
            domain=_MICROSOFT,
            num_heads=architecture.heads,
        )
        hidden = writer.add_and_normalise(mixed, hidden, f"{at}attention.output.", epsilon=eps)
        inner = writer.node(
            "BiasGelu",
            [
                writer.product(hidden, f"{at}intermediate.dense.weight"),
                writer.stored(f"{at}intermediate.dense.bias"),
            ],
            domain=_MICROSOFT,
        )
        hidden = writer.add_and_normalise(inner, hidden, f"{at}output.", epsilon=eps)
        layers.append(hidden)
    writer.node("Identity", [hidden], to_name=LAST)
    writer.node("Mean", layers[-TOKEN_LAYERS:], to_name=TOKENS)

    graph = helper.make_graph(
        writer.nodes,
        "bert",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in (IDS, MASK)
        ],
        [
            helper.make_tensor_value_info(
                name, TensorProto.FLOAT, ["texts", "tokens", architecture.hidden]
            )
            for name in (LAST, TOKENS)
        ],
        writer.initializers,
    )
    model = helper.make_model(
        graph,
        # The oldest versions that have every operator used here: older runtimes read them too.
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=8,
    )
    serialised: bytes = model.SerializeToString()
    return serialised


class _GraphWriter:
    """Nodes and tensors of a graph in the making; each method returns the name of what it adds."""

    def __init__(self, tensors: Mapping[str, StoredTensor], file: str) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._tensors = tensors
        self._file = file

    def node(
        self,
        operator: str,
        inputs: list[str],
        *,
        domain: str = "",
        to_name: str = "",
        **attributes: Any,
    ) -> str:
        from onnx import helper  # noqa: PLC0415

        name = to_name or f"{operator} {len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def product(self, left: str, matrix: str) -> str:
        return self.node("FusedMatMul", [left, self.stored(matrix)], domain=_MICROSOFT, transB=1)

    def add_and_normalise(self, branch: str, trunk: str, at: str, **attributes: Any) -> str:
        """LayerNorm(branch × dense + bias + trunk), with the tensors under `at`."""
        inputs = [
            self.product(branch, f"{at}dense.weight"),
            trunk,
            self.stored(f"{at}LayerNorm.weight"),
            self.stored(f"{at}LayerNorm.bias"),
            self.stored(f"{at}dense.bias"),
        ]
        return self.node("SkipLayerNormalization", inputs, domain=_MICROSOFT, **attributes)

    def integer(self, name: str, value: int | list[int]) -> str:
        from onnx import TensorProto, helper  # noqa: PLC0415

        numbers = value if isinstance(value, list) else [value]
        shape = [len(numbers)] if isinstance(value, list) else []
        self.initializers.append(helper.make_tensor(name, TensorProto.INT64, shape, numbers))
        return name

    def stored(self, name: str) -> str:
        from onnx import TensorProto  # noqa: PLC0415

        place = self._tensors[name]
        tensor = TensorProto(
            name=name,
            data_type=TensorProto.FLOAT,
            dims=place.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (
            ("location", self._file),
            ("offset", place.offset),
            ("length", place.size),
        ):
            tensor.external_data.add(key=key, value=str(value))
        self.initializers.append(tensor)
        return name
