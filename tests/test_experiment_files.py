"""Experiments in files: however they were saved, and if they are none, what they are."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from ganviz import Experiment, Trainer, preset
from ganviz.cli.main import main
from ganviz.cli.source import experiment_from
from ganviz.option import Invalid
from ganviz.readers.experiments import read_experiment
from ganviz.widgets.explore import app

WANTED = preset("wasserstein").replace(seed=7)

ENCODINGS = {
    "utf-8": WANTED.to_json().encode(),
    "with its mark": codecs.BOM_UTF8 + WANTED.to_json().encode(),
    "utf-16": WANTED.to_json().encode("utf-16"),
    "utf-16 be": codecs.BOM_UTF16_BE + WANTED.to_json().encode("utf-16-be"),
    "lines of Windows": WANTED.to_json().replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("name", ["mine.json", "MINE.JSON", os.fsdecode("größe.Json".encode())])
@pytest.mark.parametrize("how", ENCODINGS)
def test_an_experiment_is_read_however_it_was_saved(how, name, tmp_path, monkeypatch):
    (tmp_path / name).write_bytes(ENCODINGS[how])
    assert experiment_from(str(tmp_path / name)) == WANTED
    monkeypatch.chdir(tmp_path)
    assert experiment_from(name) == WANTED


def test_a_file_needs_no_ending_and_a_preset_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_bytes(ENCODINGS["utf-8"])
    Path("ring").mkdir()
    assert experiment_from("mine") == WANTED
    assert experiment_from("ring") == preset("ring")


def saved(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def checkpoint(path: Path) -> None:
    Trainer(preset("figure-1")).save(path)


OTHERS = {
    "checkpoint": (
        checkpoint,
        "file.json is a safetensors file; a run that was saved goes on with ganviz train --resume.",
    ),
    "notebook": (
        lambda path: path.write_text(json.dumps({"cells": [], "nbformat": 4}), "utf-8"),
        "file.json is a notebook; serve it with ganviz serve.",
    ),
    "gzip": (
        lambda path: path.write_bytes(gzip.compress(b"{}")),
        "file.json is a gzip archive; an experiment is a .json file, such as ganviz train writes.",
    ),
    "array": (
        lambda path: path.write_bytes(saved(np.ones(3))),
        "file.json is an array of NumPy (.npy); an experiment is a .json file, such as ganviz train writes.",
    ),
    "latin": (
        lambda path: path.write_bytes(b'{\n"loss": "\xff"}'),
        "file.json: line 2 is no text in UTF-8, as JSON is; save it in that encoding.",
    ),
    "cut": (
        lambda path: path.write_text('{"loss": "minimax"', "utf-8"),
        "file.json: This is no valid JSON: Expecting ',' delimiter at line 1, column 19.",
    ),
    "list": (
        lambda path: path.write_text("[1]", "utf-8"),
        'file.json: An experiment is a JSON object of fields, such as {"loss": "minimax"}.',
    ),
    "field": (
        lambda path: path.write_text('{"lr_d": -1}', "utf-8"),
        "file.json: lr_d must be greater than 0 (got -1).",
    ),
    "folder": (Path.mkdir, "'{path}' is a folder; an experiment is a .json file."),
    "none": (lambda path: None, "There is no file '{path}'."),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_experiment_is_refused_for_what_it_is(name, tmp_path, capsys, monkeypatch):
    write, refusal = OTHERS[name]
    path = tmp_path / "file.json"
    write(path)
    sentence = refusal.replace("{path}", str(path))
    with pytest.raises(Invalid) as error:
        read_experiment(path)
    assert str(error.value) == sentence
    for command in ("train", "serve", "export"):
        assert main([command, str(path)]) == 2
        assert capsys.readouterr().err == f"ganviz: {sentence}\n"
    monkeypatch.setenv("GANVIZ_EXPERIMENT", str(path))
    assert sentence.partition("'")[0].partition('"')[0] in app().value


def test_the_folder_of_a_run_says_where_its_experiment_is(tmp_path):
    (tmp_path / "experiment.json").write_text(Experiment().to_json(), "utf-8")
    with pytest.raises(Invalid, match=r"is a folder; give '.*experiment\.json'"):
        experiment_from(str(tmp_path))


def test_a_name_that_is_neither_is_compared_with_the_presets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Invalid, match="There is no preset 'figur-1'; did you mean 'figure-1'"):
        experiment_from("figur-1")
