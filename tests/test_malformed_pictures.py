"""Malformed collections of pictures: each ends in one sentence, and a running session does not notice."""

from __future__ import annotations

import errno
import gzip
import io
import os
import re
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from ganviz import Invalid, Trainer, explore
from ganviz.distributions import _gallery
from ganviz.distributions._gallery import gallery
from ganviz.distributions.images import Images
from ganviz.readers import _arrays, _picture_files, _pictures, files
from ganviz.readers import idx as idx_module
from ganviz.readers.files import find_files

pytestmark = pytest.mark.usefixtures("lasting_reader")

X = np.random.default_rng(3).integers(0, 256, (100, 28, 28), dtype=np.uint8)


def idx(array, *, kind=8, shape=None):
    shape = array.shape if shape is None else shape
    return struct.pack(">BBBB", 0, 0, kind, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + array.tobytes()


def npz(compressed=False, **arrays):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def npy(descr, shape, body=b""):
    """A .npy file that says whatever is wanted."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def archive(content, method=zipfile.ZIP_STORED, name="x.npy", times=1):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as target:
        for i in range(times):
            target.writestr(name if times == 1 else f"{i}.npy", content)
    return file.getvalue()


def png(picture, **how):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png", **how)
    return file.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(width, height):
    """A few bytes that claim to be a picture of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_nan(value):
    numbers = X / 255
    numbers[50, 3, 3] = value
    return numbers


FILES = {
    "no bytes": (b"", "is empty"),
    "text": (b"a,b\n1,2\n" * 99, "of a kind that is not read; give an IDX, .npz or .npy file, or a folder"),
    "a program": (b"\x7fELF" + bytes(999), "is a program; give an IDX"),
    "a workbook": (archive(b"<x/>", name="xl/workbook.xml"), "is an Excel workbook; give an IDX"),
    "a .npy file of rows": (npy("|u1", (100, 784), X.tobytes()), "holds no pictures: an array of shape (number,"),
    "a .npy file cut": (npy("|u1", (100, 28, 28), X.tobytes()[:-1]), "promises 78,400 bytes of numbers, it has 78,399"),
    "a .npy file of objects": (npy("|O", (100, 28, 28), X.tobytes()), "pickled Python objects"),
    "a pickle": (b"\x80\x04\x95" + bytes(50), "is a pickle of Python objects, which can run a program"),
    # IDX
    "labels": (idx(np.arange(100, dtype=np.uint8)), "holds labels, not pictures"),
    "another type": (idx(X.astype(">f4"), kind=0x0D), "its first four bytes are 00000d03"),
    "four axes": (idx(X[..., None]), "its first four bytes are 00000804"),
    "wrong magic": (b"\0\1" + idx(X)[2:], "of a kind that is not read"),
    "wrong magic, gzipped": (gzip.compress(b"\0\1" + idx(X)[2:]), "its first four bytes are 0001"),
    "text, gzipped": (gzip.compress(b"hello"), "no IDX file of bytes: its first four bytes are 68656c6c"),
    "nothing, gzipped": (gzip.compress(b""), "its first four bytes are missing"),
    "magic alone": (idx(X)[:4], "cut off within its header"),
    "header cut": (idx(X)[:15], "cut off within its header"),
    "cut": (idx(X)[:-1], "announces 78,400 values and holds 78,399"),
    "too long": (idx(X) + b"x", "announces 78,400 values and holds 78,401"),
    "wrong size": (idx(X, shape=(100, 28, 29)), "announces 81,200 values and holds 78,400"),
    "absurd size": (idx(X, shape=(2**32 - 1,) * 3), "announces 79,228,162,458,924,105,385,300,197,375 values"),
    "gzip cut": (gzip.compress(idx(X))[:-1000], "cannot be unpacked"),
    "gzip's end cut": (gzip.compress(idx(X))[:-4], "cannot be unpacked"),
    "gzip's checksum": (gzip.compress(idx(X))[:-8] + bytes(8), "cannot be unpacked"),
    "gzip's head": (b"\x1f\x8b", "cannot be unpacked"),
    "gzip and more": (gzip.compress(idx(X)) + b"more", "cannot be unpacked"),
    "too few": (idx(X[:99]), "holds 99 pictures; at least 100 are needed"),
    "one": (idx(X[:1]), "holds 1 picture;"),
    "none": (idx(X[:0]), "holds 0 pictures"),
    "tiny pictures": (idx(X[:, :7]), "has 7×28 pixels; pictures of 8 to 2048 pixels along each side are read"),
    "no pixels": (idx(X[:, :0]), "has 0×28 pixels"),
    "long pictures": (idx(np.zeros((100, 8, 2049), np.uint8)), "has 8×2049 pixels"),
    # .npz
    "npz without arrays": (npz(), "holds no pictures"),
    "npz of labels": (npz(y=np.arange(100)), "holds no pictures: an array of shape (number, height, width)"),
    "npz of rows": (npz(x=X.reshape(100, -1)), "holds no pictures"),
    "npz of two": (npz(train=X, test=X), "several arrays of pictures ('train.npy', 'test.npy'); keep one of them"),
    "npz in colour": (npz(x=np.stack([X] * 3, -1)), "holds pictures in colour; make them grey first"),
    "npz in colour, channel first": (npz(x=np.stack([X] * 3, 1)), "holds pictures in colour"),
    "npz with alpha": (npz(x=np.stack([X] * 4, -1)), "holds pictures in colour"),
    "npz of two channels": (npz(x=np.stack([X] * 2, -1)), "of shape (100, 28, 28, 2); pictures have the shape"),
    "npz of films": (npz(x=X[:, None, None]), "of shape (100, 1, 1, 28, 28)"),
    "npz of objects": (npz(x=np.array([{"a": 1}, None])), "pickled Python objects, which are not read"),
    "npz of objects shaped alike": (npz(x=X.astype(object)), "pickled Python objects, which are not read"),
    "npz of text": (npz(x=X.astype(str)), "holds text, not numbers"),
    "npz of truth values": (npz(x=X > 9), "holds truth values, not numbers"),
    "npz of complex numbers": (npz(x=X * 1j), "holds complex numbers, not numbers"),
    "npz of dates": (npz(x=X.astype("M8[s]")), "holds dates, not numbers"),
    "npz of fields": (npz(x=X.view([("a", "u1")])), "holds raw bytes, not numbers"),
    "npz with NaN": (npz(x=with_nan(np.nan)), "holds numbers that are missing (NaN)"),
    "npz with infinity": (npz(x=with_nan(np.inf)), "from 0 to inf; pictures count from 0 to 1, from -1 to 1, from"),
    "npz below 0": (npz(x=with_nan(-0.1)), "holds numbers from -0.1 to 1; pictures count from"),
    "npz of other numbers": (npz(x=(X - 128.0) / 50), "holds numbers from -2.56 to 2.54; pictures count from"),
    "npz nearly black": (npz(x=X // 16), "holds numbers from 0 to 15; pictures count"),
    "npz above 255": (npz(x=X.astype(int) + 1), "holds numbers from 1 to 256; pictures count"),
    "npz gone astray": (npz(x=with_nan(255.5)), "numbers from 0 to 255.5, but most are not above 1; pictures count"),
    "npz of large integers": (npz(x=X.astype(np.uint64) << 40), "pictures count from"),
    "npz of none": (npz(x=X[:0]), "holds 0 pictures"),
    "npz of no pixels": (npz(x=X[:, :, :0]), "has 28×0 pixels"),
    "npz cut": (npz(x=X)[:-30], "does not end as a zip archive does"),
    "npz cut short": (npz(x=X)[:30], "does not end as a zip archive does"),
    "npz of no .npy": (archive(b"hello"), "'x.npy' in mine is damaged"),
    "zip without pictures": (archive(b"hello", name="hello.txt"), "is a zip archive without pictures"),
    "npz compressed otherwise": (archive(npy("|u1", X.shape, X.tobytes()), zipfile.ZIP_BZIP2), "compressed in a way"),
    "npz that promises more": (archive(npy("|u1", (101, 28, 28), X.tobytes())), "promises 79,184 bytes of numbers"),
    "npz that promises the world": (archive(npy("|u1", (10**6, 2000, 2000))), "unpacks to more than 512 MB"),
    "npz that promises all": (archive(npy("<f8", (10**30, 28, 28))), "unpacks to more than 512 MB"),
    "npz that owes": (archive(npy("|u1", (-1, 28, 28))), "promises an array of shape (-1, 28, 28)"),
    "npz of many": (archive(npy("|u1", (1,), b"x"), times=65), "holds 65 arrays"),
    "npz of thousands": (archive(npy("|u1", (1,), b"x"), times=3000), "holds 3,000 arrays"),
}  # fmt: skip
"""What a file holds, and what is said of it."""

BAD_PICTURES = {
    "colour": (png(np.stack([X[0], X[1], X[2]], -1)), "is a picture in colour; make it grey first"),
    "one coloured pixel": (
        png(np.where((np.arange(784) == 5).reshape(28, 28, 1), [9, 8, 9], 7).astype(np.uint8)),
        "in colour",
    ),
    "transparent": (png(np.stack([*[X[0]] * 3, X[1]], -1)), "is transparent in places; lay it on a background"),
    "text": (b"hello", "is no PNG or JPEG picture"),
    "nothing": (b"", "is empty; PNG and JPEG pictures are read"),
    "cut": (png(X[0])[:-100], "is damaged"),
    "a GIF": (b"GIF89a" + bytes(99), "is a GIF picture; PNG and JPEG pictures are read"),
    "tiny": (png(X[0, :7, :7]), "has 7×7 pixels"),
    "large": (huge_png(2049, 100), "has 100×2049 pixels"),
    "a bomb": (huge_png(60_000, 60_000), "damaged|60000×60000 pixels"),
    "a larger bomb": (huge_png(2**31 - 1, 2**31 - 1), "damaged"),
}


def parsed(path):
    """The collection at a path, read in this process."""
    place = find_files(str(path))
    return _pictures.parse([file.path for file in place.files], place.name)


def sentence_of(path, read=lambda path: gallery(str(path))):
    """What is said of that path."""
    with pytest.raises(Invalid) as error:
        read(path)
    text = str(error.value)
    assert re.fullmatch(r"[^\n]{8,300}\.", text), text
    return text


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_collection(case, tmp_path):
    content, sentence = FILES[case]
    (tmp_path / "mine").write_bytes(content)
    assert sentence in sentence_of(tmp_path / "mine")


@pytest.fixture(scope="module")
def good_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for i, picture in enumerate(X):
        (folder / f"{i:03}.png").write_bytes(png(picture))
    return folder


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_a_folder_with_a_bad_picture_names_it(case, good_folder):
    content, sentence = BAD_PICTURES[case]
    bad = good_folder / "050b.png"
    try:
        bad.write_bytes(content)
        text = sentence_of(good_folder)
    finally:
        bad.unlink()
    assert text.startswith("050b.png ")
    assert re.search(sentence, text)


def empty(folder):
    return folder


def only_text(folder):
    (folder / "notes.txt").write_text("hello", "utf-8")
    return folder


def only_subfolders(folder):
    (folder / "cats.png").mkdir()
    return folder


def too_few(folder):
    for i in range(99):
        (folder / f"{i}.png").write_bytes(png(X[i]))
    return folder


def half_of_mnist(folder):
    (folder / "train-images-idx3-ubyte").write_bytes(idx(X))
    return folder


def other_half_of_mnist(folder):
    (folder / "t10k-images.idx3-ubyte.gz").write_bytes(gzip.compress(idx(X)))
    return folder


def mnist_with_a_short_test(folder):
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(X[:9]))
    return half_of_mnist(folder)


def mnist_with_labels_for_pictures(folder):
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(np.arange(100, dtype=np.uint8)))
    return half_of_mnist(folder)


def one_picture(folder):
    return folder / "a.png" if (folder / "a.png").write_bytes(png(X[0])) else folder


def damaged_picture(folder):
    (folder / "a.png").write_bytes(b"hello")
    return folder / "a.png"


def named_npz(folder):
    (folder / "fake.npz").write_bytes(b"hello" * 99)
    return folder / "fake.npz"


def pipe(folder):
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def loop(folder):
    (folder / "a").symlink_to(folder / "a")
    return folder / "a"


PLACES = [
    (empty, "holds no pictures: no .png, .jpg or .jpeg files, neither itself nor the folders in it, and none"),
    (only_text, "holds no pictures"),
    (only_subfolders, "holds no pictures"),
    (too_few, "holds 99 picture files; at least 100 are needed"),
    (lambda folder: one_picture(folder).parent, "holds 1 picture file; at least 100"),
    (damaged_picture, r"^a\.png is one picture; give the path of a folder with at least 100 of them"),
    (named_npz, r"^fake\.npz is damaged, or its ending is wrong"),
    (half_of_mnist, "lacks the file t10k-images-idx3-ubyte"),
    (other_half_of_mnist, "lacks the file train-images-idx3-ubyte"),
    (mnist_with_a_short_test, "t10k-images-idx3-ubyte holds 9 pictures; at least 10 are needed"),
    (mnist_with_labels_for_pictures, "t10k-images-idx3-ubyte holds labels, not pictures"),
    (one_picture, r"^a\.png is one picture; give the path of a folder with at least 100 of them"),
    (lambda folder: folder / "gone" / "away", "There is no file or folder"),
    pytest.param(pipe, "There is no file or folder", marks=pytest.mark.skipif(sys.platform == "win32", reason="POSIX")),
    (loop, r"no file or folder|cannot be read"),
    (lambda folder: "\0", "is no path|There is no file"),
    (lambda folder: "a\nb", "There is no file or folder 'a\\\\nb'"),
    (lambda folder: "\udcff", "There is no file or folder|is no path"),
    (lambda folder: "x" * 4000, "cannot be read: the name is too long|There is no file"),
    (lambda folder: "~nobody-of-that-name/x", "is no path|There is no file"),
    (lambda folder: r"\\server\share\pictures", "The path of another machine is not read"),
    (lambda folder: "//server/share/pictures", "The path of another machine is not read"),
    (lambda folder: "/dev/zero", "There is no file or folder"),
]


@pytest.mark.parametrize(("make", "sentence"), PLACES)
def test_a_place_that_holds_no_collection(make, sentence, tmp_path):
    assert re.search(sentence, sentence_of(make(tmp_path)))


def test_no_path_at_all():
    for path, sentence in (("", "Give the path of your pictures"), ("x" * 4097, "at most 4096")):
        with pytest.raises(Invalid, match=sentence):
            Trainer(small(data={"name": "images", "path": path}))


def test_what_may_not_be_looked_at(tmp_path, good_folder, monkeypatch):
    """For root there is no such place, so the system's answer is made up."""

    def refuse(*arguments, **fields):
        raise PermissionError(errno.EACCES, "Permission denied")

    file = tmp_path / "mine.npz"
    file.write_bytes(npz(x=X))
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "scandir", refuse)
        assert "cannot be read: you have no permission" in sentence_of(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert sentence_of(file, parsed) == "mine.npz cannot be read: you have no permission."
        assert sentence_of(good_folder, parsed) == "000.png cannot be read: you have no permission."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look at everything")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0)
    try:
        assert "cannot be read: you have no permission" in sentence_of(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_there_is_an_end_to_what_is_read(tmp_path, good_folder, monkeypatch):
    mine = tmp_path / "mine"
    mine.write_bytes(gzip.compress(idx(X // 64 * 85)))
    compressed = tmp_path / "mine.npz"
    compressed.write_bytes(npz(compressed=True, x=np.zeros((100, 90, 90))))
    for module, name, limit, path, sentence in (
        (idx_module, "LARGEST", 70_000, mine, "unpacks to more than"),
        (idx_module, "LARGEST", 10_000, mine, "is larger than"),
        (_arrays, "LARGEST", 1 << 20, compressed, "unpacks to more than 1 MB"),
        (_pictures, "MOST", 99, mine, "holds 100 pictures; at most 99 are read"),
        (files, "FILES", 99, good_folder, "holds 100 pictures; at most 99 files are read"),
        (files, "ENTRIES", 99, good_folder, "has more than 99 entries"),
        (_picture_files, "PIXELS", 50 * 28 * 28, good_folder, "The first 51 pictures have more than"),
        (_picture_files, "BYTES", 100, good_folder, "000.png is larger than"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, limit)
            assert sentence in sentence_of(path, parsed)
        assert len(parsed(path).training) == 80


# -------------------------------------------------------------------------------------------------- random damage

WHOLE = {
    "mine-ubyte": idx(X),
    "mine.gz": gzip.compress(idx(X // 64 * 85)),
    "stored.npz": npz(x=X, y=np.arange(100)),
    "deflated.npz": npz(compressed=True, x=X // 64 * 85),
}


def damage(content, where, byte, cut):
    """The content with a byte changed, or the end cut off; more often than not near the beginning or the end, where
    files say what they are."""
    place = int(where**3 * (len(content) - 1)) if where < 1 else len(content) - 1 - int((2 - where) ** 3 * 200)
    place = max(place, 0)
    return content[:place] if cut else content[:place] + bytes([content[place] ^ byte]) + content[place + 1 :]


DAMAGE = (some.floats(0, 2, allow_nan=False), some.integers(1, 255), some.integers(0, 9).map(lambda n: n == 0))


def answer(act):
    """What an act returns, or why it was refused."""
    try:
        return act()
    except Invalid as error:
        return str(error)


def survives(path):
    """Whether it is a collection; if not, there must be one sentence about it."""
    _gallery._read.cache_clear()  # the clock of a file may be too slow to tell two of them apart
    found = answer(lambda: gallery(str(path)))
    if isinstance(found, str):
        assert re.fullmatch(r"[^\n]{8,300}\.", found), found
        assert str(path.parent) not in found
        return False
    assert found.training.shape[1:] == found.held_out.shape[1:] == (28, 28)
    assert min(len(found.training), len(found.validation), len(found.held_out)) >= 10
    return True


@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_file_is_refused_or_read(name, tmp_path):
    seen = []

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(*DAMAGE)
    def check(where, byte, cut):
        (tmp_path / name).write_bytes(damage(WHOLE[name], where, byte, cut))
        seen.append(survives(tmp_path / name))

    check()
    assert not all(seen)
    (tmp_path / name).write_bytes(WHOLE[name])
    assert survives(tmp_path / name)


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_damaged_picture_is_refused_or_read(ending, tmp_path):
    file = io.BytesIO()
    Image.fromarray(X[0]).save(file, "png" if ending == ".png" else "jpeg")
    whole, path, seen = file.getvalue(), tmp_path / f"mine{ending}", []

    @settings(max_examples=250, deadline=None, derandomize=True)
    @given(*DAMAGE)
    def check(where, byte, cut):
        path.write_bytes(damage(whole, where, byte, cut))
        found = answer(lambda: _picture_files.pictures([_picture_files.Source(path.name, path.read_bytes)]))
        seen.append(not isinstance(found, str))
        if seen[-1]:
            assert found.pictures.shape == (1, 28, 28)
        else:
            assert re.fullmatch(rf"mine\{ending} [^\n]{{8,200}}\.", found), found

    check()
    assert not all(seen)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    descr=some.sampled_from(["|u1", "<f4", ">i8", "|O", "<c8", "|b1", "|V4", [("a", "|u1")], "<U3", "wrong", 7, None]),
    shape=some.lists(some.integers(-2, 3) | some.sampled_from([28, 100, 2**40]), max_size=5).map(tuple),
    body=some.sampled_from([b"", X.tobytes(), X.tobytes()[:-1]]),
    method=some.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_any_header_of_an_array(tmp_path_factory, descr, shape, body, method):
    path = tmp_path_factory.getbasetemp() / "any.npz"
    path.write_bytes(archive(npy(descr, shape, body), method))
    survives(path)


# ---------------------------------------------------------------------------------------------- a running session


def test_a_running_session_is_unharmed(tmp_path, caplog):
    explorer = explore(small(), path="eager")
    try:
        before, run = explorer.session.experiment, explorer.session._worker.run
        explorer.session.watch(lambda frame: explorer.session.want_frame())
        explorer.session.play()
        for case, (content, sentence) in FILES.items():
            (tmp_path / "mine").write_bytes(content)
            wanted = {"name": "images", "path": str(tmp_path / "mine")}
            assert not explorer._edit(data=wanted), case
            assert sentence.partition("'")[0] in explorer._notices.message.value
            link = before.replace(data=wanted).to_link()
            explorer._open_link(link)
            assert sentence.partition("'")[0] in explorer._notices.message.value
            assert explorer.session.experiment == before
        assert explorer.session._worker.run is run, "no new run was begun"
        step, end = run.trainer.step_count, time.monotonic() + 120
        while run.trainer.step_count == step and time.monotonic() < end:
            time.sleep(0.02)
        assert run.trainer.step_count > step, "and training goes on"
        assert explorer.session.status.playing
        assert not explorer.session.status.trouble
        (tmp_path / "mine").write_bytes(idx(X))
        assert explorer._edit(data={"name": "images", "path": str(tmp_path / "mine")})
        assert explorer.session.experiment.data == Images(path=str(tmp_path / "mine"))
    finally:
        explorer.close()
    assert not caplog.records
