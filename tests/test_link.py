"""Experiments as links."""

from __future__ import annotations

import base64
import contextlib
import zlib

import pytest
from conftest import every, trainer_for
from hypothesis import given, settings
from hypothesis import strategies as some

from ganviz import Experiment, Invalid, preset
from ganviz.link import LARGEST, MARK, pack, unpack
from ganviz.presets import preset_names


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_survives_its_link(name):
    link = preset(name).to_link()
    assert Experiment.from_link(link) == preset(name)
    assert Experiment.from_link(f"https://example.org/voila/ganviz?x=1{link}") == preset(name)
    assert set(link.removeprefix(MARK)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("option", every("distributions"))
def test_what_was_drawn_or_loaded_survives_its_link(option):
    experiment = trainer_for("distributions", option()).experiment
    assert Experiment.from_link(experiment.to_link()) == experiment
    assert len(experiment.to_link()) < 8000


@settings(max_examples=60, deadline=None, derandomize=True)
@given(some.text(max_size=300))
def test_any_text_survives(text):
    assert unpack(pack(text)) == text


def coded(packed: bytes) -> str:
    return MARK + base64.urlsafe_b64encode(packed).decode()


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("", "holds no experiment"),
        ("https://example.org/#other=abc", "holds no experiment"),
        (MARK + "A" * 500_000, "holds no experiment"),
        (MARK, "damaged"),
        (MARK + "!!!!", "damaged"),
        (MARK + "é", "damaged"),
        (preset("figure-1").to_link()[:-20], "damaged"),
        (coded(b"not compressed"), "damaged"),
        (coded(zlib.compress(b"\xff\xfe")), "damaged"),
        (coded(zlib.compress(b" " * (LARGEST + 1))), "damaged"),
        (coded(zlib.compress(b"[1]")), "JSON object"),
        (coded(zlib.compress(b"{")), "no valid JSON"),
        (coded(zlib.compress(b'{"seed": ' + b"1" * 5000 + b"}")), "far too long"),
        (coded(zlib.compress(b'{"lr_g": 7}')), "lr_g"),
        (coded(zlib.compress(b'{"data": {"name": "os.system"}}')), "There is no 'os.system'"),
        (coded(zlib.compress(b"[" * 100_000)), "nested too deeply"),
    ],
)
def test_a_wrong_link_ends_in_a_sentence(link, message):
    with pytest.raises(Invalid, match=message):
        Experiment.from_link(link)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(some.integers(0, 10_000), some.integers(0, 255))
def test_a_damaged_link_is_refused_or_read(where, byte):
    link = preset("figure-1").to_link()
    place = len(MARK) + where % (len(link) - len(MARK))
    damaged = link[:place] + chr(32 + byte % 95) + link[place + 1 :]
    with contextlib.suppress(Invalid):
        assert isinstance(Experiment.from_link(damaged), Experiment)
