"""Models of a few kilobytes with random numbers: the packaged file format, and BERT folders."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.packaged_weights import PackagedWeights, parse_weights

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 64, 5, 4, 96, 40
SPELLING = (
    *("<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", "▁passage", ":", "▁the", "▁Council"),
    *("c", "o", "u", "n", "i", "l", "t", "h", "e", "▁re", "solve", "s", "决议", "责成", "。"),
    *("决", "议", "▁决议", "▁Rés", "olution", "▁قرار", "▁резолюция", "<mask>"),
)
WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", ":", *"abcdefg"),
    *("find", "text", "the", "council", "shall", "report"),
)
SCORES = tuple(
    0.0 if piece.startswith("<") else -2.0 - 0.25 * place for place, piece in enumerate(SPELLING)
)


def tiny_image() -> NDArray[np.uint8]:
    """A file in the layout of the package, written from its description and not by our code."""
    random = np.random.default_rng(75)
    spelling = [piece.encode() for piece in SPELLING]
    offsets = np.cumsum([0, *map(len, spelling)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, INNER, len(SPELLING), POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32)
    head += struct.pack("<5iQ", len(SPELLING), 0, 2, 1, 3, sum(map(len, spelling)))
    head += offsets.tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(spelling)
    code_point_map = struct.pack("<IBI", 0x3000, 1, 0x20)
    head += struct.pack("<iI", 1, len(code_point_map)) + code_point_map

    tensors = dict(_tensors(random))
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    offset = len(head) + directory_bytes
    directory, data = struct.pack("<i", len(tensors)), b""
    for name, (kind, numbers, raw) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, numbers, offset + len(data), len(raw))
        data += raw
    return np.frombuffer(head + directory + data, np.uint8)


def tiny_weights() -> PackagedWeights:
    return parse_weights(tiny_image())


def _tensors(random: np.random.Generator):
    def plain(numbers: int, around: float = 0.0):
        values = around + 0.2 * random.standard_normal(numbers)
        return 0, numbers, values.astype("<f4").tobytes()

    def quantised(numbers: int):
        blocks = numbers // 32
        scales = random.uniform(0.01, 0.04, (blocks, 1)).astype("<f2").view(np.uint8)
        nibbles = random.integers(0, 256, (blocks, 16), dtype=np.uint8)
        return 1, numbers, np.hstack([scales, nibbles]).tobytes()

    yield "emb.word", quantised(len(SPELLING) * HIDDEN)
    yield "emb.pos", plain(POSITIONS * HIDDEN)
    yield "emb.type", plain(2 * HIDDEN)
    yield "emb.ln.w", plain(HIDDEN, 1.0)
    yield "emb.ln.b", plain(HIDDEN)
    for layer in range(LAYERS):
        for part, inputs, outputs in (
            *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
            ("fi", HIDDEN, INNER),
            ("fo", INNER, HIDDEN),
        ):
            yield f"l{layer}.{part}.w", quantised(inputs * outputs)
            yield f"l{layer}.{part}.b", plain(outputs)
        for norm in ("aln", "oln"):
            yield f"l{layer}.{norm}.w", plain(HIDDEN, 1.0)
            yield f"l{layer}.{norm}.b", plain(HIDDEN)


def write_tiny_bert(folder: Path, *, query: str = "find: ", document: str = "text: ") -> Path:
    """A sentence-transformers folder: random BERT, 32 dimensions, CLS pooling, its own prompts."""
    import torch
    from transformers import BertConfig, BertModel

    words = _write_tokenizer(folder, (), positions=24)
    torch.manual_seed(75)
    config = BertConfig(
        vocab_size=words,
        hidden_size=32,
        num_hidden_layers=5,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=24,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(folder)
    files = {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
        ],
        "sentence_bert_config.json": {"max_seq_length": 24, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": 32, "pooling_mode_cls_token": True},
        "config_sentence_transformers.json": {
            "prompts": {"query": query, "document": document},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def write_tiny_cross_encoder(
    folder: Path, *, words: Sequence[str] = (), positions: int = 24, labels: int = 1
) -> Path:
    """A folder of a random BERT that scores pairs; it knows `words` beside those of `WORDS`."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    known = _write_tokenizer(folder, words, positions=positions)
    torch.manual_seed(75)
    config = BertConfig(
        vocab_size=known,
        hidden_size=32,
        num_hidden_layers=5,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=positions,
        initializer_range=0.3,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def _write_tokenizer(folder: Path, words: Sequence[str], *, positions: int) -> int:
    """A tokenizer of WordPiece that knows WORDS and these words; how many pieces it knows."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: place for place, word in enumerate(dict.fromkeys((*WORDS, *words)))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"cls": "[CLS]", "sep": "[SEP]", "pad": "[PAD]", "unk": "[UNK]"}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        **{f"{name}_token": token for name, token in names.items()},
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return len(vocabulary)
