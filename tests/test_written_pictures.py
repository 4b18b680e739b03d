"""Pictures as Pillow and NumPy write them, read pixel by pixel, and what the report says of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from test_images import drawings, idx, in_classes, saved, saved_alone, write_files, written, zipped

from ganviz import Invalid
from ganviz.distributions._gallery import gallery
from ganviz.readers import _picture_files, _pictures
from ganviz.readers._grey import resized
from ganviz.readers._picture_files import Source
from ganviz.readers._range import range_of
from ganviz.readers.collection import Collection
from ganviz.readers.files import find_files

pytestmark = pytest.mark.usefixtures("lasting_reader")


def parsed(path: Path) -> Collection:
    """The collection at a path, read in this process."""
    place = find_files(str(path))
    return _pictures.parse([file.path for file in place.files], place.name)


def together(found: Collection) -> list[bytes]:
    return sorted(picture.tobytes() for part in (found.training, found.validation, found.held_out) for picture in part)


# ------------------------------------------------------------------------------------------------ files of one picture

GREYS = np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes()


def in_mode(picture: np.ndarray, mode: str) -> Image.Image:
    """The grey picture as Pillow holds it in a mode."""
    if mode == "I;16":
        return Image.fromarray(picture.astype(np.uint16) * 257)
    if mode == "P":
        image = Image.frombytes("P", picture.shape[::-1], picture.tobytes())
        image.putpalette(GREYS)
        return image
    return Image.fromarray(picture).convert(mode)


@st.composite
def files(draw) -> tuple[bytes, int]:
    """A picture in a file, and its orientation."""
    rows, columns = draw(st.sampled_from([(28, 28), (30, 44), (56, 28), (9, 31)]))
    picture = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 256, (rows, columns), dtype=np.uint8)
    kind, modes = draw(st.sampled_from([("png", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]), ("jpeg", ["L", "RGB"])]))
    orientation = draw(st.integers(0, 9))
    exif = Image.Exif()
    exif[_picture_files.ORIENTATION] = orientation
    file = io.BytesIO()
    how = {"exif": exif} if orientation else {}
    in_mode(picture, draw(st.sampled_from(modes))).save(file, kind, **how)
    return file.getvalue(), orientation


def as_pillow_reads_it(content: bytes) -> np.ndarray:
    """Grey and upright."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    if image.mode.startswith("I"):
        return (np.asarray(image) // 257).astype(np.uint8)
    return np.asarray(image.convert("RGB"))[..., 0]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(files())
def test_a_picture_is_what_pillow_reads(file):
    """D17."""
    content, orientation = file
    found = _picture_files.pictures([Source("a.png", lambda: content)])
    expected = as_pillow_reads_it(content)
    np.testing.assert_array_equal(found.pictures[0], resized(expected))
    assert found.sizes == {expected.shape}
    assert found.assumed == (("1 turned upright, as EXIF says",) if 2 <= orientation <= 8 else ())


def test_a_damaged_note_of_a_camera_costs_nothing():
    file = io.BytesIO()
    Image.fromarray(drawings(1)[0]).save(file, "png", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(9))
    found = _picture_files.pictures([Source("a.png", file.getvalue)])
    np.testing.assert_array_equal(found.pictures, drawings(1))


# ------------------------------------------------------------------------------------------------------ where they lie

PLACES = {
    "folder": lambda here, x: write_files(here / "png", x),
    "class folders": lambda here, x: in_classes(here / "classes", x),
    "zip": lambda here, x: zipped(here / "a.zip", write_files(here / "png", x)),
    "zip of class folders": lambda here, x: zipped(here / "a.zip", in_classes(here / "classes", x), "train/"),
}


@pytest.mark.parametrize("where", PLACES)
def test_every_place_holds_the_same_pictures_in_the_same_order(where, tmp_path):
    """D24. As a single array does: the parts depend on the order alone."""
    pictures = drawings(130, 30, 44)
    found, array = parsed(PLACES[where](tmp_path, pictures)), parsed(saved(tmp_path / "other.npz", pictures))
    for name in ("training", "validation", "held_out"):
        np.testing.assert_array_equal(getattr(found, name), getattr(array, name))


@pytest.mark.parametrize(
    ("where", "left_out"),
    [
        ("class folders", (("the names of 2 folders", "are not used as classes"),)),
        ("zip", (("1 other file", "is no PNG or JPEG picture"),)),
        (
            "zip of class folders",
            (("1 other file", "is no PNG or JPEG picture"), ("the names of 2 folders", "are not used as classes")),
        ),
    ],
)
def test_what_else_lies_there_is_said(where, left_out, tmp_path):
    assert gallery(str(PLACES[where](tmp_path, drawings(100)))).report.left_out == left_out


def test_pictures_beside_folders_are_those_that_are_read(tmp_path):
    folder = write_files(tmp_path / "png", drawings(100))
    write_files(folder / "more", drawings(7))
    (folder / "notes.txt").write_text("no picture", "utf-8")
    assert gallery(str(folder)).report.left_out == (
        ("1 other file", "is no PNG or JPEG picture"),
        ("the folders in it", "are not looked into, for there are pictures beside them"),
    )


def test_photographs_that_were_turned_are_counted(tmp_path):
    exif = Image.Exif()
    exif[_picture_files.ORIENTATION] = 6
    folder = write_files(tmp_path / "png", drawings(100))
    Image.fromarray(np.rot90(drawings(1)[0])).save(folder / "0000.png", exif=exif)
    assert together(parsed(folder)) == sorted(picture.tobytes() for picture in drawings(100))
    assert "Assumed: 1 turned upright, as EXIF says." in str(gallery(str(folder)).report)


# --------------------------------------------------------------------------------------------------- archives that lie


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    return file.getvalue()


PICTURES = {f"{i:03}.png": png(picture) for i, picture in enumerate(drawings(100))}


def encrypted(path: Path) -> Path:
    """An archive whose first picture is marked as encrypted."""
    content = bytearray(archive(path, PICTURES).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return written(path, bytes(content))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: archive(path, PICTURES | {"050b.png": bytes(10**8)}), "050b.png in a.zip is larger than 16 MB"),
        (lambda path: archive(path, PICTURES | {"050b.png": b"hello"}), "050b.png in a.zip is no PNG or JPEG picture"),
        (lambda path: archive(path, PICTURES | {"x/y/050b.jpg": b"GIF89a"}), "050b.jpg in a.zip is a GIF picture"),
        (lambda path: archive(path, dict([*PICTURES.items()][:99])), "a.zip holds 99 picture files; at least 100"),
        (lambda path: archive(path, {f"__MACOSX/._{i}.png": b"" for i in range(200)} | {"a": b""}), "without pictures"),
        (lambda path: archive(path, PICTURES, zipfile.ZIP_BZIP2), "compressed in a way that is not read"),
        (lambda path: archive(path, {"data.csv": b"a,b"}), "holds neither PNG or JPEG files nor arrays of NumPy"),
        (lambda path: archive(path, {"word/document.xml": b""}), "a.zip is a Word document; give an IDX"),
        (encrypted, "a.zip is encrypted; unpack it with its password"),
        (lambda path: written(path, archive(path, PICTURES).read_bytes()[:-40]), "not all of it was copied"),
        (lambda path: written(path, b"hello" * 99), "a.zip is damaged, or its ending is wrong"),
    ],
)
def test_an_archive_is_refused_for_the_true_reason(make, sentence, tmp_path):
    with pytest.raises(Invalid, match=sentence) as caught:
        gallery(str(make(tmp_path / "a.zip")))
    assert str(caught.value).count(". ") == 0


def test_an_archive_may_have_a_comment_and_names_from_windows(tmp_path):
    path = archive(tmp_path / "a.zip", {f"cats\\{name}": content for name, content in PICTURES.items()})
    with zipfile.ZipFile(path, "a") as target:
        target.comment = b"made by hand" * 99
    assert together(parsed(path)) == sorted(picture.tobytes() for picture in drawings(100))


# ------------------------------------------------------------------------------------------------- ranges of numbers


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda x: x, "numbers from 0 (black) to 255 (white)"),
        (lambda x: x.astype(np.float32) + np.float32(0.4), "0 (black) to 255 (white), cut off where they lie a little"),
        (lambda x: x / 255, "numbers from 0 (black) to 1 (white)"),
        (lambda x: (x / 255 * 1.0000001).astype(np.float32), "0 (black) to 1 (white), cut off where they lie a little"),
        (lambda x: x / 255 - 1e-9, "0 (black) to 1 (white), cut off where they lie a little beyond"),
        (lambda x: x / 127.5 - 1, "numbers from -1 (black) to 1 (white)"),
        (lambda x: np.tanh(x / 60 - 2.1), "numbers from -1 (black) to 1 (white)"),
    ],
)
@pytest.mark.parametrize("save", [saved, saved_alone])
def test_ranges_are_named_and_kept_to(make, said, save, tmp_path):
    pictures = drawings()
    numbers = make(pictures)
    found = gallery(str(save(tmp_path / ("a.npz" if save is saved else "a.npy"), numbers)))
    assert said in str(found.report)
    assert abs(float(found.training.double().mean()) - 127.5) < 25


def test_one_pixel_above_1_does_not_make_all_pictures_black(tmp_path):
    """D18."""
    numbers = (drawings() / 255).astype(np.float32)
    numbers[7, 3, 3] = 1.0000001
    pictures = np.rint(numbers * 255).clip(0, 255).astype(np.uint8)
    assert together(parsed(saved(tmp_path / "a.npz", numbers))) == sorted(picture.tobytes() for picture in pictures)


def test_scikit_learn_s_digits_count_to_16(tmp_path):
    digits = np.random.default_rng(0).integers(0, 17, (100, 8, 8)).astype(float)
    digits[0, 0, 0] = 16
    found = gallery(str(saved(tmp_path / "digits.npz", digits, "images", target=np.arange(100))))
    assert "numbers from 0 (black) to 16 (white), brought to 28×28" in str(found.report)
    assert int(found.training.max()) > 200


@pytest.mark.parametrize(
    "numbers",
    [
        [0, 2.8], [-0.42, 2.82], [-3, 3], [-0.3, 1], [0, 15], [0, 16.5], [0, 31], [0, 300], [0, 4095], [-20, 255],
        [-128, 127], [0, 1e6], [-2, 0], [0, np.inf], [-np.inf, 1],
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [np.float64, np.int64])
def test_other_ranges_are_refused_with_what_was_found(numbers, kind):
    spread = np.linspace(*numbers, 800)[:784].reshape(1, 28, 28) if np.isfinite(numbers).all() else None
    pictures = np.full((1, 28, 28), float(numbers[0])) if spread is None else spread
    pictures[0, 0, 0], pictures[0, 0, 1] = numbers
    if (kind is np.int64 and not np.equal(numbers, np.rint(numbers)).all()) or np.isinf(numbers).any():
        kind = np.float64
    with pytest.raises(Invalid, match=r"^a holds numbers from .* to .*; pictures count from 0 to 1, from -1 to 1, "):
        range_of(pictures.astype(kind), "a")


def test_whole_numbers_end_where_they_end():
    """256 is no hair above 255, where nothing was rounded."""
    for low, high in ((0, 256), (-1, 255)):
        pictures = np.linspace(low, high, 784).reshape(1, 28, 28)
        assert range_of(pictures, "a").clipped
        with pytest.raises(Invalid, match=f"holds numbers from {low} to {high};"):
            range_of(np.rint(pictures).astype(np.int64), "a")


def test_the_parts_are_those_of_earlier_versions(tmp_path):
    """Fingerprints of the version before reports: a run on pictures goes on with the same pictures."""
    pictures = drawings(130, 30, 40)
    for path in (
        saved(tmp_path / "a.npz", pictures),
        saved(tmp_path / "b.npz", (pictures / 255).astype(np.float32)),
        saved(tmp_path / "c.npz", pictures.astype(float)),
        written(tmp_path / "d-ubyte", idx(pictures)),
        write_files(tmp_path / "e", pictures),
    ):
        assert gallery(str(path)).fingerprint.startswith("6dfa7c29ff6efd5d")
    two = saved(tmp_path / "f.npz", (pictures > 127).astype(np.uint8))
    assert gallery(str(two)).fingerprint.startswith("f6a3b4f6164d0d13")
