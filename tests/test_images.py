"""Collections of pictures: MNIST as it was published, and the reader's own in every form that is read."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import pickle
import re
import struct
import time
import zipfile
from collections import Counter
from pathlib import Path

import ipywidgets as w
import numpy as np
import pytest
import torch
from conftest import same, small
from PIL import Image

from ganviz import Experiment, Invalid, Trainer, explore, preset
from ganviz.cli.main import main
from ganviz.contracts.counted import Counted
from ganviz.distributions import images as module
from ganviz.distributions._gallery import gallery
from ganviz.distributions.images import Images
from ganviz.distributions.mnist import FOLDER, MD5, Mnist
from ganviz.metrics._images import held_out
from ganviz.option import resolve
from ganviz.presets import preset_names
from ganviz.widgets.pickers import fields_of

TEST_LABELS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
"""How many of each digit the published test file holds."""


def bytes_of(name):
    return gzip.decompress((FOLDER / f"{name}.gz").read_bytes())


# --------------------------------------------------------------------------------------------------------- MNIST


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
        ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
        ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
        ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
    ],
)
def test_the_files_are_those_that_were_published(name, digest):
    assert MD5[name] == hashlib.md5(bytes_of(name), usedforsecurity=False).hexdigest() == digest


def test_a_damaged_file_of_mnist_is_noticed(tmp_path, monkeypatch):
    from ganviz.distributions import mnist

    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(bytes_of("t10k-labels-idx1-ubyte")[:-1] + b"x"))
    monkeypatch.setattr(mnist, "FOLDER", tmp_path)
    with pytest.raises(Invalid, match="MNIST's file t10k-labels-idx1-ubyte is damaged"):
        mnist.load.__wrapped__("t10k-labels-idx1-ubyte")


def test_mnist_is_split_as_in_2014():
    data = Mnist()
    train, test = bytes_of("train-images-idx3-ubyte")[16:], bytes_of("t10k-images-idx3-ubyte")[16:]
    assert data.training().shape == (50_000, 28, 28)
    assert data.validation().shape == data.held_out().shape == (10_000, 28, 28)
    assert data.training().numpy().tobytes() + data.validation().numpy().tobytes() == train
    assert data.held_out().numpy().tobytes() == test
    assert data.held_out_labels().bincount().tolist() == list(TEST_LABELS)
    assert data.training_labels().numpy().tobytes() == bytes_of("train-labels-idx1-ubyte")[8:50_008]
    # The training file's published counts, less those of its last 10,000.
    assert data.training_labels().bincount(minlength=10).tolist() == [
        4932, 5678, 4968, 5101, 4859, 4506, 4951, 5175, 4842, 4988,
    ]  # fmt: skip


@pytest.mark.parametrize("digits", ["7", "17", "71", "013456789", "0123456789"])
def test_only_the_digits_that_are_asked_for(digits):
    data, whole = Mnist(digits=digits), Mnist()
    assert data.held_out_labels().unique().tolist() == sorted(map(int, digits))
    assert len(data.held_out()) == len(data.held_out_labels()) == sum(TEST_LABELS[int(digit)] for digit in digits)
    wanted = [str(label) in digits for label in whole.training_labels().tolist()]
    assert torch.equal(data.training_labels(), whole.training_labels()[wanted])
    assert torch.equal(data.training(), whole.training()[wanted])
    labels = np.frombuffer(bytes_of("train-labels-idx1-ubyte")[-10_000:], np.uint8)
    assert torch.equal(data.validation(), whole.validation()[np.isin(labels, [int(digit) for digit in digits])])


@pytest.mark.parametrize(
    ("digits", "sentence"),
    [
        ("", "At least one digit is needed"),
        ("3a", "the signs 0 to 9, one behind the other, not 'a'"),
        ("1,, 2", "not ','"),
        ("1,", "not ','"),
        ("1;2", "not ';'"),
        ("٣", "not '٣'"),
        ("-1", "not '-'"),
        ("2.5", "not '.'"),
        ("12321", "The digit 1 is named twice"),
        ("0" * 101, "at most 100"),
        (None, "digits must be a valid string"),
        ([1, 2], "digits must be a valid string"),
    ],
)
def test_digits_that_are_none(digits, sentence):
    with pytest.raises(Invalid) as error:
        Mnist(digits=digits)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("digits", ["4,9", "4, 9", "4 9", "4  ,  9", "49"])
def test_digits_may_be_typed_as_a_list(digits):
    assert Mnist(digits=digits).digits == "49"
    assert Mnist(digits=digits) == Mnist(digits="49")


def test_digits_may_be_a_number():
    """``--set data.digits=17`` is JSON, and 17 a number there."""
    assert resolve("distributions", {"name": "mnist", "digits": 17}) == Mnist(digits="17")


# -------------------------------------------------------------------------------------------------------- samples


def chi_square(found, expected):
    """In deviations from what it is, on average, for samples of that law (normal, about)."""
    terms = (found - expected) ** 2 / expected
    return float((terms.sum() - len(terms)) / math.sqrt(2 * len(terms)))


def test_samples_are_uniform_over_the_collection():
    data = Mnist()
    keys = [hash(picture.tobytes()) for picture in data.training().numpy()]
    times = Counter(keys)
    assert len(times) > 49_900, "hardly any picture is there twice"
    drawn = Counter()
    for stream in range(10):
        x = data.sample(12_500, Counted(stream, "chi"))
        drawn.update(hash(row.tobytes()) for row in (x[:, 0] * 255).round().to(torch.uint8).numpy())
    assert set(drawn) <= set(times)
    n = 10 * 12_500
    found, expected = np.array([(drawn[key], n * times[key] / 50_000) for key in times]).T
    # A quarter of the collection each time, none twice: three quarters of the variance of independent draws.
    apart = (found - expected) / math.sqrt(3 / 4)
    assert abs(chi_square(expected + apart, expected)) < 5
    # A sampler that never draws every tenth picture would be noticed.
    assert chi_square(np.where(np.arange(len(found)) % 10, expected + apart, 0), expected) > 10


def test_an_epoch_sees_every_picture_once():
    data = Mnist(digits="3")
    n = len(data.training())
    batches = [data.sample(100, Counted(0, "epoch", update)) for update in range(-(-2 * n // 100))]
    seen = [picture.numpy().tobytes() for picture in torch.cat(batches)[: 2 * n]]
    once = Counter((picture.float() / 255).numpy().tobytes() for picture in data.training())
    assert Counter(seen[:n]) == Counter(seen[n:]) == once
    assert seen[:n] != seen[n:]


def test_samples_are_seeded_pictures():
    data = Mnist(digits="3")
    one, two, other = (data.sample(200, Counted(seed, "test")) for seed in (3, 3, 4))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert (one.shape, one.dtype) == ((200, 1, 28, 28), torch.float32)
    assert (float(one.min()), float(one.max())) == (0, 1)
    assert torch.equal((one * 255).round() / 255, one)
    assert data.window() == (0, 1)
    assert data.shape == (1, 28, 28)


def test_squash_is_the_logistic_function():
    for data in (Mnist(), Images()):
        x = np.linspace(-40, 40, 4001)
        expected = np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-np.abs(x))))
        np.testing.assert_allclose(data.squash(torch.from_numpy(x)), expected, rtol=1e-14)
        np.testing.assert_allclose(data.squash(torch.from_numpy(x).float()), expected, rtol=3e-6)
        far = data.squash(torch.tensor([-1e4, 1e4]))
        assert far.tolist() == [0, 1]


def test_nobody_knows_the_density():
    with pytest.raises(Invalid, match="Nobody knows the density of mnist"):
        Mnist().log_prob(torch.zeros(1, 1, 28, 28))


# ---------------------------------------------------------------------------------------------- the reader's own


def drawings(n=120, height=28, width=28):
    """Made-up pictures, all different."""
    random = np.random.default_rng(7)
    found = random.integers(0, 256, (n, height, width), dtype=np.uint8)
    found[:, 0, 0], found[:, 0, 1] = 255, 0
    return found


def idx(array):
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def write_files(folder, pictures, ending=".png", **how):
    folder.mkdir()
    for i, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{i:04}{ending}", **how)
    return folder


def like_mnist(folder, train, test, ending=""):
    folder.mkdir()
    for part, pictures in (("train", train), ("t10k", test)):
        content = idx(pictures)
        (folder / f"{part}-images-idx3-ubyte{ending}").write_bytes(gzip.compress(content) if ending else content)
    return folder


def saved(path, array, name="arr_0", save=np.savez, **others):
    save(path, **{name: array}, **others)
    return path


def saved_alone(path, array):
    np.save(path, array)
    return path


def zipped(path, folder, inside=""):
    """All files of a folder in an archive, as macOS makes one, and none of them in order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.png"), reverse=True):
            name = f"{inside}{file.relative_to(folder).as_posix()}"
            archive.write(file, name)
            archive.writestr(f"__MACOSX/{Path(name).parent / '._'}{file.name}", b"no picture")
        archive.writestr(f"{inside}.DS_Store", b"no picture")
        archive.writestr(f"{inside}notes.txt", b"no picture")
    return path


def in_classes(folder, pictures):
    """A folder for each of two classes, as torchvision's ImageFolder has them."""
    folder.mkdir()
    half = len(pictures) // 2
    for name, part in (("cats", pictures[:half]), ("dogs", pictures[half:])):
        write_files(folder / name, part)
    (folder / "notes.txt").write_text("no picture", "utf-8")
    return folder


def written(path, content):
    path.write_bytes(content)
    return path


FORMS = {
    "idx": lambda folder, x: written(folder / "mine-ubyte", idx(x)),
    "idx.gz": lambda folder, x: written(folder / "mine", gzip.compress(idx(x))),
    "npz": lambda folder, x: saved(folder / "a.npz", x),
    "npz compressed": lambda folder, x: saved(folder / "a.npz", x, save=np.savez_compressed),
    "npz float32 to 1": lambda folder, x: saved(folder / "a.npz", (x / 255).astype(np.float32)),
    "npz float64 to 255": lambda folder, x: saved(folder / "a.npz", x.astype(float)),
    "npz int64": lambda folder, x: saved(folder / "a.npz", x.astype(">i8")),
    "npz by columns": lambda folder, x: saved(folder / "a.npz", np.asfortranarray(x)),
    "npz float32 from -1 to 1": lambda folder, x: saved(folder / "a.npz", (x / 127.5 - 1).astype(np.float32)),
    "npz a hair above 1": lambda folder, x: saved(folder / "a.npz", (x / 255 * 1.0000001).astype(np.float32)),
    "npz a hair below 0": lambda folder, x: saved(folder / "a.npz", (x / 255 - 1e-6).astype(np.float32)),
    "npy": lambda folder, x: saved_alone(folder / "a.npy", x),
    "npy by columns": lambda folder, x: saved_alone(folder / "a.npy", np.asfortranarray(x / 255)),
    "zip of png": lambda folder, x: zipped(folder / "a.zip", write_files(folder / "png", x)),
    "zip of png in a folder": lambda folder, x: zipped(folder / "a.zip", write_files(folder / "png", x), "pictures/"),
    "class folders": lambda folder, x: in_classes(folder / "classes", x),
    "zip of class folders": lambda folder, x: zipped(folder / "a.zip", in_classes(folder / "classes", x)),
    "npz channel last": lambda folder, x: saved(folder / "a.npz", x[..., None]),
    "npz channel first": lambda folder, x: saved(folder / "a.npz", x[:, None]),
    "npz with labels": lambda folder, x: saved(
        folder / "a.npz", x, "x", y=np.arange(len(x)), names=np.array(["a", "b"])
    ),
    "png": lambda folder, x: write_files(folder / "png", x),
    "png in capitals": lambda folder, x: write_files(folder / "png", x, ".PNG"),
    "png in colours": lambda folder, x: write_files(folder / "png", np.stack([x] * 3, -1)),
    "png with alpha": lambda folder, x: write_files(folder / "png", np.stack([*[x] * 3, np.full_like(x, 255)], -1)),
    "png of 16 bits": lambda folder, x: write_files(folder / "png", x.astype(np.uint16) * 257),
}
"""The same pictures in every form that loses nothing."""


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_pictures(form, tmp_path):
    pictures = drawings()
    (tmp_path / "here").mkdir()
    found = Images(path=str(FORMS[form](tmp_path / "here", pictures)))
    parts = (found.training(), found.validation(), found.held_out())
    assert [len(part) for part in parts] == [96, 12, 12]
    assert all(part.dtype == torch.uint8 for part in parts)
    together = {picture.tobytes() for part in parts for picture in part.numpy()}
    assert together == {picture.tobytes() for picture in pictures}, "each is in one part"
    other = gallery(str(saved(tmp_path / "other.npz", pictures)))
    assert torch.equal(found.held_out(), other.held_out), "the parts depend on the order alone"


def test_the_order_of_a_folder_is_that_of_the_names(tmp_path):
    pictures = drawings(100)
    folder = tmp_path / "shuffled"
    folder.mkdir()
    for i in np.random.default_rng(0).permutation(100):
        Image.fromarray(pictures[i]).save(folder / f"{i:04}.png")
    (folder / "notes.txt").write_text("not a picture", "utf-8")
    (folder / "._0000.png").write_text("nor is this", "utf-8")
    (folder / "inner.png").mkdir()
    one, two = gallery(str(folder)), gallery(str(write_files(tmp_path / "in order", pictures)))
    for name in ("training", "validation", "held_out"):
        assert torch.equal(getattr(one, name), getattr(two, name))


def test_jpeg_is_read(tmp_path):
    smooth = np.uint8(127 + 120 * np.sin(np.add.outer(np.arange(100), np.add.outer(np.arange(56), np.arange(56)) / 9)))
    grey = gallery(str(write_files(tmp_path / "grey", smooth, ".jpg", quality=95)))
    exact = gallery(str(saved(tmp_path / "a.npz", smooth)))
    assert float((grey.training.int() - exact.training.int()).abs().float().mean()) < 2
    coloured = gallery(str(write_files(tmp_path / "colours", np.stack([smooth] * 3, -1), ".jpeg", quality=95)))
    assert torch.equal(coloured.training, grey.training)


def test_what_was_read_is_told(tmp_path):
    told = Images(path=str(saved(tmp_path / "a.npz", drawings(121, 40, 30)))).account()
    assert told == (
        "a.npz: 121 pictures of 40×30 pixels. Taken: 96 to train on, 12 for validation, 13 held out. "
        "Assumed: numbers from 0 (black) to 255 (white), brought to 28×28."
    )
    told = Images(path=str(saved(tmp_path / "b.npz", drawings(1200) / 255))).account()
    assert told == (
        "b.npz: 1,200 pictures of 28×28 pixels. Taken: 960 to train on, 120 for validation, 120 held out. "
        "Assumed: numbers from 0 (black) to 1 (white)."
    )
    folder = write_files(tmp_path / "c", drawings(99))
    Image.fromarray(drawings(1, 50, 20)[0]).save(folder / "z.png")
    told = Images(path=str(folder)).account()
    assert told.startswith("c: 100 pictures of several sizes up to 50×28 pixels. Taken: 80 to train on, 10 for ")
    assert told.endswith(" Assumed: brought to 28×28.")
    fashion = Images(path=str(like_mnist(tmp_path / "fashion", drawings(150)[:120], drawings(150)[120:], "")))
    assert fashion.account().startswith(
        "fashion: 150 pictures of 28×28 pixels. Taken: 100 to train on, 20 for validation, 30 held out. Assumed:"
    )
    assert Mnist().account() == ""


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_folder_like_mnist_s_is_split_like_mnist(tmp_path, ending):
    pictures = drawings(150)
    found = Images(path=str(like_mnist(tmp_path / "fashion", pictures[:120], pictures[120:], ending)))
    (tmp_path / "fashion" / "train-labels-idx1-ubyte").write_bytes(b"not looked at")
    assert np.array_equal(found.training(), pictures[:100])
    assert np.array_equal(found.validation(), pictures[100:120])
    assert np.array_equal(found.held_out(), pictures[120:])


def test_mnist_by_its_path_is_mnist():
    found, data = Images(path=str(FOLDER)), Mnist()
    for part in ("training", "validation", "held_out"):
        assert torch.equal(getattr(found, part)(), getattr(data, part)())


def overlaps(old, new):
    """(new, old) shares of each old pixel in the mean over each new one, from the lengths of their overlaps."""
    ends = np.arange(new + 1) * old / new
    left = np.maximum.outer(ends[:-1], np.arange(old))
    right = np.minimum.outer(ends[1:], np.arange(old) + 1.0)
    return np.clip(right - left, 0, None) * new / old


@pytest.mark.parametrize("size", [(56, 56), (84, 28), (140, 280)])
def test_larger_pictures_become_means_over_areas(tmp_path, size):
    pictures = drawings(100, *size)
    found = gallery(str(saved(tmp_path / "a.npz", pictures))).training
    rows, columns = (overlaps(side, 28) for side in size)
    expected = rows @ pictures.astype(float) @ columns.T
    order = np.sort(np.random.RandomState(0).permutation(100)[:80])
    # Rounded twice, along either side.
    assert np.abs(found.numpy() - expected[order]).max() <= 1.01


@pytest.mark.parametrize("size", [(32, 32), (45, 61), (8, 8), (16, 100)])
def test_other_sizes_keep_the_brightness(tmp_path, size):
    """Ramps stay ramps, and a uniform picture stays uniform, whatever the two sizes have to do with each other."""
    y, x = (np.linspace(0, 1, side) for side in size)
    ramps = np.uint8(np.rint(255 * np.stack([np.add.outer(y * t, x * (1 - t)) for t in np.linspace(0, 1, 100)])))
    found = gallery(str(saved(tmp_path / "a.npz", ramps))).training
    u = (np.arange(28) + 0.5) / 28
    order = np.sort(np.random.RandomState(0).permutation(100)[:80])
    for picture, t in zip(found.numpy(), np.linspace(0, 1, 100)[order], strict=True):
        ramp = 255 * np.add.outer(
            (u * size[0] - 0.5) / (size[0] - 1) * t, (u * size[1] - 0.5) / (size[1] - 1) * (1 - t)
        )
        assert np.abs(picture[2:-2, 2:-2] - ramp[2:-2, 2:-2]).max() < 255 / min(size) / 2 + 2
    flat = gallery(str(saved(tmp_path / "b.npz", np.full((100, *size), 77, np.uint8)))).training
    assert flat.unique().tolist() == [77]


def test_numbers_up_to_one_are_the_whole_scale(tmp_path):
    ink = np.zeros((100, 28, 28), np.uint8)
    ink[:, 10] = 1
    assert gallery(str(saved(tmp_path / "a.npz", ink))).training.unique().tolist() == [0, 255]


# ------------------------------------------------------------------------------------------------- one run, one set


@pytest.fixture
def own(tmp_path):
    return saved(tmp_path / "mine.npz", drawings())


def replaced(path, pictures):
    """Other pictures in the same file."""
    saved(path, pictures)
    os.utime(path, ns=(time.time_ns(), time.time_ns() + 10**9))


def test_a_run_reads_when_it_begins_and_keeps_what_it_read(own):
    experiment = small(data={"name": "images", "path": str(own)})
    first = Trainer(experiment)
    began = [part().clone() for part in (first.experiment.data.training, first.experiment.data.held_out)]
    replaced(own, 255 - drawings())
    first.advance(1)
    second = Trainer(experiment)
    copied = pickle.loads(pickle.dumps(first))
    own.unlink()
    for trainer in (first, copied):
        data = trainer.experiment.data
        assert torch.equal(data.training(), began[0])
        assert torch.equal(data.held_out(), began[1])
        trainer.advance(1)
    assert same(first.state, copied.state)
    assert torch.equal(second.experiment.data.training(), 255 - began[0])
    assert first.experiment == second.experiment, "equal is what has equal fields"


def test_a_trainer_goes_on_with_a_run_s_own_pictures(own):
    experiment = small(data={"name": "images", "path": str(own)})
    first, whole = Trainer(experiment), Trainer(experiment)
    replaced(own, 255 - drawings())
    second = Trainer(experiment)
    second.restore(first.run_value)
    for trainer in (whole, second):
        trainer.advance(2)
    assert same(whole.state, second.state)


def test_equality_is_transitive_and_what_was_read_is_told_apart(own):
    before, unread = Images(path=str(own)), Images(path=str(own))
    before.training()
    assert Images(path=str(own)).pictures is before.pictures, "read once"
    centre = before.centre()
    replaced(own, drawings() // 2)
    after = before.prepare()
    assert before == unread == after == before
    assert len({hash(option) for option in (before, unread, after)}) == 1
    assert before.identity() == before.model_copy().identity() != after.identity() == unread.identity()
    assert torch.equal(before.centre(), centre)
    assert not torch.equal(after.centre(), centre), "what was worked out of the first is not used for the second"
    replaced(own, drawings())
    assert before.prepare().identity() == before.identity(), "the same pictures again"
    twin = Images(path=str(saved(own.parent / "twin.npz", drawings())))
    assert twin != before
    assert twin.pictures.fingerprint == before.pictures.fingerprint


def test_metrics_remember_pictures_by_what_was_read(own):
    """Not by the path: of other pictures, a perfect sampler gets another number."""
    data = {"name": "images", "path": str(own)}
    first = Trainer(small(data=data)).experiment
    replaced(own, drawings() // 4)
    second = Trainer(small(data=data)).experiment
    parzen = resolve("metrics", "parzen")
    numbers = [parzen.at_equilibrium(experiment) for experiment in (first, second, first)]
    assert numbers[0] == numbers[2] != numbers[1]
    assert held_out(first.data) is held_out(first.data)
    assert not np.array_equal(held_out(first.data).pictures, held_out(second.data).pictures)


def test_a_folder_that_changed_is_read_again(tmp_path):
    """Also where its files have their old names, sizes and times."""
    folder = write_files(tmp_path / "png", drawings(100), compress_level=0)
    before = gallery(str(folder))
    assert gallery(str(folder)) is before
    times = [(path, path.stat()) for path in folder.iterdir()]
    for picture, (path, about) in zip(255 - drawings(100), sorted(times), strict=True):
        Image.fromarray(picture).save(path, compress_level=0)
        assert path.stat().st_size == about.st_size
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert torch.equal(gallery(str(folder)).training, 255 - before.training)


def test_nothing_is_read_before_a_run_begins(monkeypatch, own):
    monkeypatch.setattr(module, "gallery", lambda path: pytest.fail("read"))
    experiment = small(data={"name": "images", "path": str(own)})
    for again in (Experiment.from_json(experiment.to_json()), Experiment.from_link(experiment.to_link())):
        assert again == experiment
        assert not experiment.diff(again)
        assert hash(again.data) == hash(experiment.data)
    assert experiment.data.shape == (1, 28, 28)
    with pytest.raises(pytest.fail.Exception):
        Trainer(experiment)


def test_a_link_holds_the_path_and_no_picture(own):
    experiment = small(data={"name": "images", "path": str(own)})
    Trainer(experiment)
    assert experiment.to_dict()["data"] == {"name": "images", "path": str(own)}
    assert len(experiment.to_link()) < 1500


def test_a_run_on_pictures_of_one_s_own(own, tmp_path):
    experiment = small(data={"name": "images", "path": str(own)})
    whole, first = (Trainer(experiment) for _ in range(2))
    whole.advance(12)
    first.advance(5)
    first.save(tmp_path / "run")
    second = Trainer.load(tmp_path / "run")
    second.advance(7)
    assert same(whole.state, second.state)
    fakes = whole.generate(9)
    assert fakes.shape == (9, 1, 28, 28)
    assert 0 <= float(fakes.min()) <= float(fakes.max()) <= 1
    other = Trainer(experiment.replace(seed=1))
    other.advance(12)
    assert not same(whole.state, other.state)


def test_a_live_change_leaves_a_run_on_its_own_pictures(own):
    """Even where the file was replaced meanwhile, and the option that brings the change has read what is there now."""
    data = {"name": "images", "path": str(own)}
    trainer = Trainer(small(data=data))
    before = trainer.experiment.data.training().clone()
    np.savez(own, np.random.default_rng(1).integers(0, 256, (400, 28, 28), dtype=np.uint8))
    for change in ({"lr_g": 0.1}, {"loss": "hinge"}):
        now = trainer.experiment.replace(data=data, **change)
        now.data.prepare()
        assert not torch.equal(now.data.training()[:50], before[:50])
        trainer.adopt(now)
        assert torch.equal(trainer.experiment.data.training(), before)
        assert all(trainer.experiment.to_dict()[name] == now.to_dict()[name] for name in change)


def test_another_path_can_be_chosen_once_pictures_were_read(own, tmp_path):
    read, other = Images(path=str(own)), saved(tmp_path / "other.npz", 255 - drawings())
    read.prepare()
    chosen = []
    (path,) = fields_of(read, "data", lambda **changes: (chosen.append(small(data=read).replace(**changes)), True)[1])
    path.value = str(other)
    assert [experiment.at("data.path") for experiment in chosen] == [str(other)]


def test_a_checkpoint_whose_pictures_are_gone(own, tmp_path):
    trainer = Trainer(small(data={"name": "images", "path": str(own)}))
    trainer.save(tmp_path / "run")
    own.unlink()
    with pytest.raises(Invalid, match="There is no file or folder"):
        Trainer.load(tmp_path / "run")


def test_a_page_from_another_machine_reads_no_paths(own, monkeypatch):
    monkeypatch.setenv(module.FORBID, "1")
    with pytest.raises(Invalid, match="comes from another machine"):
        Trainer(small(data={"name": "images", "path": str(own)}))


@pytest.mark.parametrize(("host", "forbidden"), [("127.0.0.1", None), ("localhost", None), ("0.0.0.0", "1")])
def test_a_page_for_others_reads_no_paths_here(host, forbidden, monkeypatch):
    for name in (module.FORBID, "GANVIZ_EXPERIMENT", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "")  # so that what is set now is taken back later
        monkeypatch.delenv(name)
    seen = []
    monkeypatch.setattr("ganviz.server.start.serve", lambda *arguments: seen.append(os.environ.get(module.FORBID)))
    assert main(["serve", "figure-1", "--no-browser", "--host", host]) == 0
    assert seen == [forbidden]


# ---------------------------------------------------------------------------------------------------- in the app


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def control(explorer, label):
    return next(x for x in walk(explorer) if getattr(x, "description", None) == label)


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


@pytest.fixture
def explorer():
    explorer = explore(small(), path="eager")
    yield explorer
    explorer.close()


def test_the_path_is_given_where_the_option_was_chosen(explorer, own, caplog):
    before, run = explorer.session.experiment, explorer.session._worker.run
    control(explorer, "data").value = "images"
    assert "Give the path of your pictures" in explorer._notices.message.value
    path = control(explorer, "path ↻")
    assert isinstance(path, w.Text)
    assert not path.continuous_update, "half a path is no path"
    path.value = str(own.parent / "nothing")
    assert "There is no file or folder" in explorer._notices.message.value
    assert path.value == str(own.parent / "nothing"), "so that it can be corrected"
    assert "ganviz-refused" in path._dom_classes
    assert path.tooltip.startswith("This was refused")
    assert (explorer.session.experiment, explorer.session._worker.run) == (before, run)
    path.value = str(own)
    until(lambda: explorer.session._worker.run.trainer.experiment.data == Images(path=str(own)))
    assert "A new run has begun" in explorer._notices.message.value
    assert Images(path=str(own)).account() in explorer._notices.message.value
    assert "A latent of 1 dimension can draw only a curve of pictures" in explorer._notices.message.value
    assert "ganviz-refused" not in path._dom_classes
    assert path.tooltip == type(Images()).model_fields["path"].description
    explorer.session.step()
    until(lambda: explorer.session._worker.run.trainer.step_count == 1)
    path.value = ""
    assert "Give the path" in explorer._notices.message.value
    control(explorer, "data").value = "gaussian"
    until(lambda: explorer.session._worker.run.trainer.experiment.data.option_name() == "gaussian")
    assert not caplog.records


@pytest.mark.parametrize("name", preset_names())
def test_presets_need_no_advice(name):
    experiment = preset(name)
    assert experiment.data.advice(experiment) == ""


@pytest.mark.parametrize(
    ("data", "dim", "sentence"),
    [
        ("mnist", 1, "A latent of 1 dimension can draw only a curve of pictures; give it more, such as the 64"),
        ("mnist", 2, "A latent of 2 dimensions can draw only a surface of pictures"),
        ("mnist", 8, ""),
        ("ring", 1, "A latent of 1 dimension can draw only a curve; give it more, such as the 2 of the preset ring."),
        ("ring", 2, ""),
        ("gaussian", 1, ""),
    ],
)
def test_advice_on_the_latent(data, dim, sentence):
    experiment = small(data=data, latent={"name": "normal", "dim": dim})
    said = experiment.data.advice(experiment)
    assert said.startswith(sentence) if sentence else said == ""
    for number, name in re.findall(r"such as the (\d+) of the preset ([a-z-]+)", said):
        assert preset(name).latent.dim == int(number)


def test_digits_are_chosen_in_a_line_of_text(explorer):
    control(explorer, "data").value = "mnist"
    digits = control(explorer, "digits ↻")
    assert (type(digits), digits.value) == (w.Text, "0123456789")
    digits.value = "33"
    assert "The digit 3 is named twice" in explorer._notices.message.value
    assert explorer.session.experiment.data == Mnist()
    digits.value = "3"
    until(lambda: explorer.session._worker.run.trainer.experiment.data == Mnist(digits="3"))
    assert "A new run has begun: data.digits" in explorer._notices.message.value


def test_mnist_lies_inside_the_package():
    """So hatchling takes it along into the wheel."""
    assert {f"{name}.gz" for name in MD5} <= {path.name for path in FOLDER.iterdir()}
    assert Path(module.__file__).parents[1] in FOLDER.parents
