"""A cross-encoder that is named scores pairs; what cannot score them is one clear line."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import numpy as np
import pytest

import embeddings.reranker
from corpus.errors import ExpectedError
from embeddings.models import open_reranker
from embeddings.named_models import UnknownModelError
from embeddings.reranker import LONGEST_PAIR, CrossEncoderReranker
from tests.embeddings.tiny_models import write_tiny_bert, write_tiny_cross_encoder

ROOT = Path(__file__).parents[2]
QUESTION = "the council shall report"
TEXTS = ["the council", "a b", "report the c d e f g", "", "council b a find text"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_tiny_cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(scope="module")
def reranker(tiny):
    return CrossEncoderReranker(str(tiny), threads=1)


def copied(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "model"))


# Scores


def test_each_text_has_a_score_and_the_same_one_whenever_it_is_asked_for(tiny, reranker):
    first, again = reranker.scores(QUESTION, TEXTS), reranker.scores(QUESTION, TEXTS)
    anew = CrossEncoderReranker(str(tiny), threads=1).scores(QUESTION, TEXTS)

    assert first.shape == (len(TEXTS),)
    assert first.dtype == np.float32
    assert len(set(first.tolist())) == len(TEXTS)
    assert first.tolist() == again.tolist() == anew.tolist()


def test_a_text_has_its_score_in_whatever_order_and_company_it_comes(reranker):
    together = reranker.scores(QUESTION, TEXTS)

    turned = reranker.scores(QUESTION, TEXTS[::-1])
    alone = [float(reranker.scores(QUESTION, [text])[0]) for text in TEXTS]

    assert np.allclose(turned[::-1], together, atol=1e-5)
    assert np.allclose(alone, together, atol=1e-5)


def test_the_scores_are_those_of_the_model_before_its_last_sigmoid(tiny, reranker):
    from sentence_transformers import CrossEncoder

    scores = reranker.scores(QUESTION, TEXTS)

    expected = CrossEncoder(str(tiny), device="cpu").predict([(QUESTION, text) for text in TEXTS])
    assert np.allclose(1 / (1 + np.exp(-scores)), expected, atol=1e-5)


def test_the_question_counts(reranker):
    one, other = reranker.scores("the council", TEXTS), reranker.scores("find a b c", TEXTS)

    assert not np.allclose(one, other, atol=1e-3)


def test_no_texts_have_no_scores_and_load_no_model():
    nowhere = CrossEncoderReranker("./nowhere")

    assert nowhere.scores(QUESTION, []).shape == (0,)


def test_a_pair_longer_than_the_model_reads_is_cut(reranker):
    scores = reranker.scores("the council " * 300, ["report " * 300, "a " * 2000])

    assert np.isfinite(scores).all()
    assert reranker._model().tokenizer.model_max_length == 24


def test_of_a_model_that_reads_more_only_so_much_is_read(tmp_path):
    long = write_tiny_cross_encoder(tmp_path, positions=LONGEST_PAIR + 90)
    reranker = CrossEncoderReranker(str(long), threads=1)
    fitting = "the council " * (LONGEST_PAIR // 2)

    one, other = reranker.scores("a", [fitting + "report", fitting + "find text b"])

    assert np.isclose(one, other, atol=1e-5)


def test_half_a_character_does_no_harm(reranker):
    scores = reranker.scores("the \ud800 council", ["report \udfff"])

    assert np.isfinite(scores).all()


def test_questions_of_two_threads_load_one_model_and_do_not_meet_in_it(monkeypatch):
    meeting, loaded, met = Barrier(2), [], []

    class Model:
        def predict(self, pairs, **_):
            with suppress(BrokenBarrierError):
                meeting.wait(timeout=0.2)
                met.append(pairs)
            return [0.0] * len(pairs)

    monkeypatch.setattr(embeddings.reranker, "_load", lambda name: loaded.append(name) or Model())
    reranker = CrossEncoderReranker("any", threads=1)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda question: reranker.scores(question, TEXTS), ["a", "b"]))

    assert [len(scores) for scores in found] == [len(TEXTS)] * 2
    assert loaded == ["any"]
    assert met == []


def test_the_fingerprint_changes_with_the_weights_and_not_with_the_folder(tiny, tmp_path):
    same = copied(tiny, tmp_path)
    other = Path(shutil.copytree(tiny, tmp_path / "other"))
    content = bytearray((other / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (other / "model.safetensors").write_bytes(content)

    prints = [CrossEncoderReranker(str(folder)).fingerprint for folder in (tiny, same, other)]

    assert prints[0] == prints[1] != prints[2]
    assert all(len(one) == 16 for one in prints)


# What is no reranker


@pytest.mark.parametrize(
    "name", ["no-such-owner/no-such-model", "no-such-model", "./nowhere", "/nowhere/at/all", "a b!"]
)
def test_a_reranker_that_is_nowhere_is_one_clear_line(name):
    reranker = CrossEncoderReranker(name)

    with pytest.raises(UnknownModelError) as failure:
        reranker.scores(QUESTION, TEXTS)

    message = str(failure.value)
    assert name in message
    assert "\n" not in message
    assert "name the folder of a cross-encoder" in message


def test_without_a_network_no_download_is_tried(monkeypatch):
    import huggingface_hub
    import sentence_transformers

    asked = []

    class Local:
        def __init__(self, name, *, local_files_only, **kwargs):
            assert local_files_only, "a download was tried"
            raise OSError("not in the cache")

    def model_info(self, name, timeout):
        asked.append(name)
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(sentence_transformers, "CrossEncoder", Local)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)

    with pytest.raises(UnknownModelError, match="connect to the network"):
        CrossEncoderReranker("some-model").scores(QUESTION, TEXTS)

    assert asked == ["cross-encoder/some-model"]


@pytest.mark.parametrize("damage", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_is_no_whole_model_is_one_clear_line(tiny, tmp_path, damage):
    folder = copied(tiny, tmp_path)
    (folder / damage).write_bytes(b"{")

    with pytest.raises(UnknownModelError) as failure:
        CrossEncoderReranker(str(folder)).scores(QUESTION, TEXTS)

    assert str(folder) in str(failure.value)
    assert "\n" not in str(failure.value)


def test_weights_that_are_pickled_are_not_read(tiny, tmp_path):
    import torch
    from safetensors.torch import load_file

    folder = copied(tiny, tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()

    with pytest.raises(UnknownModelError, match=r"no file named model\.safetensors"):
        CrossEncoderReranker(str(folder)).scores(QUESTION, TEXTS)


def test_code_that_comes_with_a_model_is_not_run(tiny, tmp_path):
    folder = copied(tiny, tmp_path)
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(
        f"open({str(ran)!r}, 'w').close()\n"
        "from transformers import BertConfig as C, BertForSequenceClassification as M\n",
        encoding="utf-8",
    )
    text = (folder / "config.json").read_text(encoding="utf-8")
    own = '"auto_map": {"AutoConfig": "own.C", "AutoModelForSequenceClassification": "own.M"},'
    for kind in ("bert", "own"):  # one that the library knows itself, and one that it does not
        changed = text.replace('"model_type": "bert"', f'{own} "model_type": "{kind}"')
        (folder / "config.json").write_text(changed, encoding="utf-8")
        try:
            CrossEncoderReranker(str(folder), threads=1).scores(QUESTION, TEXTS)
        except UnknownModelError as failure:
            assert kind == "own", failure

    assert "auto_map" in changed
    assert not ran.exists()


def test_a_model_that_only_embeds_is_no_reranker(tmp_path):
    folder = write_tiny_bert(tmp_path)

    with pytest.raises(UnknownModelError, match=r"is no reranker: .* BertModel, with no score"):
        CrossEncoderReranker(str(folder)).scores(QUESTION, TEXTS)


def test_a_model_of_several_labels_is_no_reranker(tmp_path):
    folder = write_tiny_cross_encoder(tmp_path, labels=3)

    with pytest.raises(UnknownModelError, match="is no reranker: it tells 3 labels"):
        CrossEncoderReranker(str(folder)).scores(QUESTION, TEXTS)


def test_scores_that_are_no_numbers_are_told(tiny, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = copied(tiny, tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = weights["classifier.bias"] * float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(ExpectedError, match="scores that are no numbers"):
        CrossEncoderReranker(str(folder)).scores(QUESTION, TEXTS)


# Opening


@pytest.mark.parametrize("name", [None, ""])
def test_there_is_no_reranker_unless_one_is_named(name):
    assert open_reranker(name) is None


def test_opening_a_reranker_loads_nothing_heavy(tiny):
    script = (
        "import sys, embeddings.models;"
        "reranker = embeddings.models.open_reranker(sys.argv[1]);"
        "assert reranker.name == sys.argv[1] and reranker.fingerprint;"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(tiny)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
