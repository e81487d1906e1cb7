"""The adapter: low-rank changes that are added to the packaged weights when they are unpacked."""

import json

import numpy as np
import pytest

from embeddings.adapter import (
    CONFIGURATION,
    FOLDER,
    MATRICES,
    AdapterError,
    adapter_in,
    shipped_adapter,
)
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.packaged_model import WEIGHTS, model_folder, packaged_model
from embeddings.packaged_weights import read_packaged_weights
from tests.embeddings.tiny_models import HIDDEN, INNER, tiny_weights

RANK = 2
ADAPTED = "encoder.layer.1.intermediate.dense"
PREFIX = f"base_model.model.{ADAPTED}"


@pytest.fixture
def written(tmp_path):
    """The folder of an adapter that changes one matrix, written as PEFT does, and the change."""
    from safetensors.numpy import save_file

    chance = np.random.default_rng(75)
    down = chance.standard_normal((RANK, HIDDEN)).astype(np.float16)
    up = chance.standard_normal((INNER, RANK)).astype(np.float16)
    folder = tmp_path / "adapter"
    folder.mkdir()
    name = PREFIX
    save_file({f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}, folder / MATRICES)
    settings = {"peft_type": "LORA", "r": RANK, "lora_alpha": 6, "target_modules": [ADAPTED]}
    (folder / CONFIGURATION).write_text(json.dumps(settings), encoding="utf-8")
    return folder, 3.0 * (up.astype(np.float32) @ down.astype(np.float32))


def unpacked(cache, folder=None):
    adapter = adapter_in(folder) if folder else None
    return packaged_model(cache, weights=tiny_weights, adapter=adapter)


def tensors(model):
    from safetensors.numpy import load_file

    return load_file(model.folder / WEIGHTS)


def test_its_change_is_added_to_its_matrix_and_nothing_else_changes(written, tmp_path):
    folder, change = written

    plain, adapted = tensors(unpacked(tmp_path)), tensors(unpacked(tmp_path, folder))

    name = f"{ADAPTED}.weight"
    assert np.allclose(adapted[name], plain[name] + change, atol=1e-5)
    assert np.abs(change).max() > 1
    assert adapted.keys() == plain.keys()
    assert all(np.array_equal(adapted[other], plain[other]) for other in plain if other != name)


def test_the_library_that_its_form_is_of_adds_the_same(written, tmp_path):
    import torch
    from peft import PeftModel
    from transformers import BertModel

    folder, _ = written
    base = BertModel.from_pretrained(unpacked(tmp_path).folder, add_pooling_layer=False)

    merged = PeftModel.from_pretrained(base, folder).merge_and_unload().state_dict()

    for name, ours in tensors(unpacked(tmp_path, folder)).items():
        assert torch.allclose(merged[name], torch.from_numpy(ours), atol=1e-5), name


def test_an_adapted_model_lies_beside_the_plain_one_and_has_other_vectors(written, tmp_path):
    folder, _ = written

    plain, adapted = unpacked(tmp_path), unpacked(tmp_path, folder)

    assert plain.folder != adapted.folder
    assert adapted.folder == model_folder(tmp_path, adapter_in(folder))
    one, other = OnnxEncoder(plain), OnnxEncoder(adapted)
    assert one.fingerprint != other.fingerprint
    found = [encoder.encode_queries(["the Council"]).vectors for encoder in (one, other)]
    assert not np.allclose(*found, atol=1e-3)


def test_another_adapter_is_another_model(written, tmp_path):
    folder, _ = written
    first = unpacked(tmp_path, folder)
    settings = json.loads((folder / CONFIGURATION).read_text())
    (folder / CONFIGURATION).write_text(json.dumps(settings | {"lora_alpha": 2}))

    second = unpacked(tmp_path, folder)

    assert first.folder != second.folder


@pytest.mark.parametrize("damage", ["missing", "cut", "not JSON", "one half"])
def test_a_damaged_adapter_is_told_in_one_line_and_nothing_is_unpacked(written, tmp_path, damage):
    folder, _ = written
    matrices, settings = folder / MATRICES, folder / CONFIGURATION
    if damage == "missing":
        matrices.unlink()
    elif damage == "cut":
        matrices.write_bytes(matrices.read_bytes()[:-40])
    elif damage == "not JSON":
        settings.write_text("rank 2")
    else:
        from safetensors.numpy import load_file, save_file

        halves = load_file(matrices)
        save_file({name: half for name, half in halves.items() if "lora_A" in name}, matrices)

    with pytest.raises(AdapterError) as failure:
        unpacked(tmp_path, folder)

    assert "\n" not in str(failure.value)
    assert str(folder) in str(failure.value)
    assert "install the product again" in str(failure.value)
    assert not list((tmp_path / "models").glob("multilingual*[0-9]"))


@pytest.mark.parametrize("fault", ["another prefix", "sides exchanged", "no rank"])
def test_an_adapter_of_another_model_is_told_in_one_line(written, tmp_path, fault):
    from safetensors.numpy import load_file, save_file

    folder, _ = written
    halves = load_file(folder / MATRICES)
    down, up = halves[f"{PREFIX}.lora_A.weight"], halves[f"{PREFIX}.lora_B.weight"]
    if fault == "another prefix":
        halves = {name.replace("encoder.", "bert.encoder."): half for name, half in halves.items()}
    elif fault == "sides exchanged":
        halves = {
            f"{PREFIX}.lora_A.weight": np.ascontiguousarray(up.T),
            f"{PREFIX}.lora_B.weight": np.ascontiguousarray(down.T),
        }
    else:
        settings = json.loads((folder / CONFIGURATION).read_text())
        (folder / CONFIGURATION).write_text(json.dumps(settings | {"r": 0}))
    save_file(halves, folder / MATRICES)

    with pytest.raises(AdapterError) as failure:
        unpacked(tmp_path, folder)

    assert "\n" not in str(failure.value)
    assert str(folder) in str(failure.value)


def test_the_scale_of_a_rank_stabilised_adapter_is_that_of_its_form(written):
    folder, change = written
    settings = json.loads((folder / CONFIGURATION).read_text())
    (folder / CONFIGURATION).write_text(json.dumps(settings | {"use_rslora": True}))

    ((up, down),) = adapter_in(folder).changes().values()

    assert np.allclose(up @ down, change * np.sqrt(RANK), atol=1e-4)


def test_the_shipped_adapter_fits_the_matrices_of_the_packaged_model():
    architecture = read_packaged_weights().architecture
    sizes = {architecture.hidden, architecture.inner}

    changes = shipped_adapter().changes()

    assert len(changes) == 6 * architecture.layers
    for name, (up, down) in changes.items():
        assert name.startswith("encoder.layer.")
        assert up.shape[0] in sizes and down.shape[1] in sizes
        assert np.abs(up @ down).max() > 0


def test_the_shipped_adapter_names_nothing_of_the_machine_that_made_it():
    settings = json.loads((FOLDER / CONFIGURATION).read_text(encoding="utf-8"))

    assert settings["base_model_name_or_path"] == "intfloat/multilingual-e5-small"
