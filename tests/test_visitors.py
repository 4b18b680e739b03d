"""The public server's rules, without a server: what is let through, who is counted, who is ended."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import small

from ganviz import preset
from ganviz.cli.main import main, parser
from ganviz.cli.policy import policy
from ganviz.lab.limits import VARIABLE, Limits
from ganviz.lab.session import Session
from ganviz.option import Invalid
from ganviz.presets import preset_names
from ganviz.server.app import Server
from ganviz.server.kernels import end_unless_visited, kernel_of
from ganviz.server.notebook_page import Page
from ganviz.server.public import budget, visits
from ganviz.server.public.budget import Budget
from ganviz.server.public.messages import Malformed, printed, read
from ganviz.server.public.policy import SCARCE, SESSION, Policy
from ganviz.server.public.visits import Visits


class Time:
    """A clock that stands still until told otherwise."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    for module in (budget, visits):
        monkeypatch.setattr(module, "time", clock)
    return clock


# -------------------------------------------------------------------------------------------------------- messages


def frame(kind: str = "comm_msg", content: Any = None, channel: str = "shell") -> bytes:
    pieces = [
        channel.encode(),
        json.dumps({"msg_type": kind}).encode(),
        b"{}",
        b"{}",
        json.dumps(content or {}).encode(),
    ]
    offsets = [8 * (len(pieces) + 2)]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return b"".join(number.to_bytes(8, "little") for number in (len(offsets), *offsets)) + b"".join(pieces)


def test_only_comm_messages_and_kernel_information_pass() -> None:
    kinds = ["execute_request", "inspect_request", "comm_msg", "comm_close", "kernel_info_request", "shutdown_request"]
    passed = {
        channel: [k for k in kinds if read(frame(k, None, channel)).allowed()] for channel in ("shell", "control")
    }
    assert passed == {"shell": ["comm_msg", "comm_close", "kernel_info_request"], "control": ["kernel_info_request"]}
    assert not read(frame("input_reply", None, "stdin")).allowed()


def test_a_page_opens_no_comm_but_the_one_for_states() -> None:
    targets = ["jupyter.widget.control", "jupyter.widget", "matplotlib", None, ["jupyter.widget.control"]]
    assert [read(frame("comm_open", {"target_name": t})).allowed() for t in targets] == [True] + [False] * 4
    assert not read(frame("comm_open", {"target_name": "jupyter.widget.control", "data": "x" * 70_000})).allowed()


def test_what_a_page_does_by_itself_is_no_act() -> None:
    def act(data: Any) -> bool:
        return read(frame("comm_msg", {"comm_id": "1", "data": data})).is_act()

    assert not any(act({"method": "custom", "content": {"kind": kind}}) for kind in ("alive", "drawn", "ready"))
    assert not act({"method": "request_states"})
    assert act({"method": "custom", "content": {"event": "click"}})
    assert act({"method": "update", "state": {"value": 1}})
    assert not act("nothing")


@pytest.mark.parametrize("count", [0, 5, 65, 10**6, 2**63, 2**64 - 1])
def test_a_count_of_offsets_is_not_believed(count: int) -> None:
    message = count.to_bytes(8, "little") + frame()[8:]
    tracemalloc.start()
    with pytest.raises(Malformed):
        read(message)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000, "nothing is allocated for it"


def test_every_damage_to_a_frame_is_noticed_or_harmless() -> None:
    whole = frame("comm_msg", {"comm_id": "1"})
    assert read(whole).allowed()
    for i in range(len(whole)):
        for damaged in (whole[:i], whole[:i] + b"\xff" + whole[i + 1 :]):
            try:
                read(damaged).allowed()
            except Malformed:
                continue
    for cut in (b"", b"\0", whole[:40], whole[: len(whole) - 1]):
        with pytest.raises(Malformed):
            read(cut)
    with pytest.raises(Malformed):
        read(whole.decode("latin-1"))


def test_what_a_kernel_prints_is_found() -> None:
    assert printed(frame("stream", {"name": "stderr", "text": "\x1b[31ma\x1b[0m\n\x07b"}, "iopub")) == "a\nb"
    assert printed(frame("error", {"traceback": ["a", "b"]}, "iopub")) == "a\nb"


def test_a_budget_fills_steadily(clock: Time) -> None:
    purse = Budget(rate=2, most=10)
    assert [purse.spend(4) for _ in range(3)] == [True, True, False]
    clock.now += 1
    assert [purse.spend(4), purse.spend(1)] == [True, False]
    clock.now += 1000
    assert [purse.spend(10), purse.spend(0.1)] == [True, False]


# ---------------------------------------------------------------------------------------------------------- visits


class Provisioner:
    pid = 7


class Kernel:
    provisioner = Provisioner()


class Kernels:
    """What `Visits` needs of Voilà's kernel manager."""

    def __init__(self, *names: str) -> None:
        self.connections = dict.fromkeys(names, 1)
        self._pools: dict[str, list[asyncio.Future[Any]]] = {}

    def __contains__(self, kernel: str) -> bool:
        return kernel in self.connections

    def list_kernel_ids(self) -> list[str]:
        return list(self.connections)

    def kernel_model(self, kernel: str) -> dict[str, int]:
        return {"connections": self.connections[kernel]}

    def get_kernel(self, kernel: str) -> Kernel:
        return Kernel()

    async def shutdown_kernel(self, kernel: str, now: bool) -> None:
        del self.connections[kernel]


RULES = Policy(sessions=2, preheated=0, idle=600, limits=Limits(), memory=1000, arrival=60)


def rounds(visits: Visits) -> None:
    asyncio.run(visits.round())


def test_idle_sessions_end_and_touched_ones_stay(clock: Time) -> None:
    kernels = Kernels("idle", "touched")
    visits = Visits(kernels, RULES, lambda pid: 0)
    rounds(visits)
    clock.now += 500
    visits.act("touched")
    rounds(visits)
    assert set(kernels.connections) == {"idle", "touched"}
    clock.now += 101
    rounds(visits)
    assert set(kernels.connections) == {"touched"}


def test_a_page_that_never_connects_loses_its_kernel(clock: Time) -> None:
    kernels = Kernels("here", "gone")
    visits = Visits(kernels, RULES, lambda pid: 0)
    rounds(visits)
    kernels.connections["gone"] = 0
    clock.now += 59
    rounds(visits)
    assert set(kernels.connections) == {"here", "gone"}
    clock.now += 2
    rounds(visits)
    assert set(kernels.connections) == {"here"}


def test_the_largest_goes_when_the_machine_runs_out_of_memory(clock: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels, size = Kernels("small", "large", "middle"), {"small": 1, "large": 3, "middle": 2}
    free = [SCARCE - 1]
    visits = Visits(kernels, RULES, size.__getitem__, lambda: free[0])
    monkeypatch.setattr(visits, "_process", lambda kernel: kernel)
    rounds(visits)
    assert set(kernels.connections) == {"small", "middle"}, "one at a time: what it had is free again"
    free[0] = SCARCE
    rounds(visits)
    assert set(kernels.connections) == {"small", "middle"}


def test_nobody_comes_in_where_there_is_no_memory_for_one_more(clock: Time) -> None:
    free = [SESSION]
    visits = Visits(Kernels("one"), RULES, lambda pid: 0, lambda: free[0])
    assert not visits.full
    free[0] -= 1
    assert visits.full


def test_a_kernel_that_no_page_connects_to_is_ended() -> None:
    kernels = Kernels("visited", "alone")
    for kernel, connections in (("visited", 2), ("alone", 0), ("gone already", 0)):
        asyncio.run(end_unless_visited(kernels, kernel, connections))
    assert set(kernels.connections) == {"visited"}


def test_a_page_tells_its_kernel() -> None:
    assert kernel_of('<script id="jupyter-config-data">{"kernelId": "0a-1f", "token": ""}') == "0a-1f"
    assert kernel_of("<html>") == ""


def test_a_page_may_take_its_time_as_long_as_somebody_waits_for_it(clock: Time) -> None:
    kernels = Kernels("a-1")
    visits = Visits(kernels, RULES, lambda pid: 0)
    kernels.connections["a-1"] = 0
    for patient in (True, False):
        with visits.arrival() as arrival:
            arrival.told('<script>{"kernelId": "a-1"}')
            clock.now += 100
            rounds(visits)
            clock.now += 100
            rounds(visits)
            arrival.gave_up = not patient
        rounds(visits)
        assert list(kernels.connections) == ["a-1"] * patient


def test_a_kernel_that_grows_is_ended() -> None:
    kernels = Kernels("small")
    rounds(Visits(kernels, RULES, lambda pid: 1000 if pid == 7 else 0))
    assert kernels.connections
    rounds(Visits(kernels, RULES, lambda pid: 1001 if pid == 7 else 0))
    assert not kernels.connections


def test_places_are_counted(clock: Time) -> None:
    kernels = Kernels("one")
    visits = Visits(kernels, RULES, lambda pid: 0)
    assert not visits.full
    with visits.arrival() as arrival:
        assert visits.full, "who is on the way has a place"
        kernels.connections["two"] = 1
        arrival.told("<html>")
        del kernels.connections["one"]
        assert not visits.full, "who has arrived is counted once"
    assert not visits.full
    with pytest.raises(KeyError), visits.arrival():
        raise KeyError
    assert not visits.full, "who did not get in has none"
    kernels.connections |= {"three": 0}
    assert visits.full


def test_an_address_has_its_share(clock: Time) -> None:
    kernels = Kernels()
    visits = Visits(kernels, replace(RULES, sessions=9, per_address=2), lambda pid: 0)
    for number, address in enumerate(("192.0.2.7", "192.0.2.7", "::ffff:192.0.2.8", "2001:db8::1", "2001:db8::2:3")):
        assert not visits.many_from(address)
        with visits.arrival(address) as arrival:
            arrival.told(f'<script>{{"kernelId": "a-{number}"}}')
            kernels.connections[f"a-{number}"] = 1
    taken = {one: visits.many_from(one) for one in ("192.0.2.7", "192.0.2.8", "2001:db8::99", "2001:db8:0:1::1", "")}
    assert [*taken.values()] == [True, False, True, False, False]
    rounds(visits)
    assert visits.many_from("192.0.2.7"), "a round forgets nobody"
    del kernels.connections["a-0"]
    assert not visits.many_from("192.0.2.7"), "who has left is not counted"
    with visits.arrival("192.0.2.7"):
        assert visits.many_from("192.0.2.7"), "who is on the way is"
    free = Visits(kernels, RULES, lambda pid: 0)
    assert not any(free.many_from(address) for address in taken)


def test_a_preheated_kernel_is_no_session_until_somebody_has_it(clock: Time) -> None:
    async def scenario() -> None:
        kernels = Kernels("warm", "one")
        kernels.connections["warm"] = 0
        ready: asyncio.Future[Any] = asyncio.Future()
        ready.set_result({"kernel_id": "warm"})
        heating: asyncio.Future[Any] = asyncio.Future()
        kernels._pools = {"explorer.ipynb": [ready, heating]}
        visits = Visits(kernels, RULES, lambda pid: 0)
        assert not visits.full
        await visits.round()
        clock.now += 10_000
        visits.act("one")
        await visits.round()
        assert set(kernels.connections) == {"warm", "one"}
        kernels._pools = {}
        assert visits.full
        await visits.round()
        assert "warm" in kernels.connections, "its time begins when it is handed out"
        clock.now += 61
        await visits.round()
        assert "warm" not in kernels.connections

    asyncio.run(scenario())


def test_a_page_takes_only_a_kernel_that_is_ready() -> None:
    async def scenario() -> None:
        kernels, ready, heating = Kernels("warm"), asyncio.Future[Any](), asyncio.Future[Any]()
        ready.set_result({"kernel_id": "warm"})
        page = Page.__new__(Page)
        page._launched = []
        page.application, page.notebook_path = SimpleNamespace(settings={"kernel_manager": kernels}), "explorer.ipynb"
        known = ({"template": "lab", "theme": "light"}, 1, None, None, {})
        assert not page.should_use_rendered_notebook(*known)
        for pool, taken in (([ready, heating], True), ([heating, ready], False), ([], False)):
            kernels._pools = {"explorer.ipynb": pool, "another.ipynb": [ready]}
            assert page.should_use_rendered_notebook(*known) == taken

    asyncio.run(scenario())


def test_a_server_that_ends_awaits_no_kernel_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    monkeypatch.setattr("voila.app.Voila.stop", lambda server: left.extend(server.kernel_manager._pools["a"]))

    async def scenario() -> None:
        server, kernels, ready = Server(), Kernels(), asyncio.Future[Any]()
        ready.set_result({"kernel_id": "warm"})
        coming = asyncio.ensure_future(asyncio.sleep(1000))
        kernels._pools, server.kernel_manager = {"a": [ready, coming]}, kernels
        server.stop()
        with pytest.raises(asyncio.CancelledError):
            await coming
        assert left == [ready]

    asyncio.run(scenario())


# ---------------------------------------------------------------------------------------------------------- limits


def test_every_preset_is_within_the_limits_of_a_public_server() -> None:
    limits = policy(parser().parse_args(["serve", "--public"])).limits
    for name in preset_names():
        limits.admit(preset(name))


def test_limits_name_what_is_too_large() -> None:
    limits = Limits(width=100, batch_size=64, upload=1000)
    limits.admit(small(generator={"name": "mlp", "width": 100}, batch_size=64))
    with pytest.raises(Invalid, match="width is at most 100, not 101"):
        limits.admit(small(generator={"name": "mlp", "width": 101}))
    with pytest.raises(Invalid, match="width is at most 100, not 1,024"):
        limits.admit(small(discriminator={"name": "maxout", "width": 1024}))
    with pytest.raises(Invalid, match="batch size is at most 64, not 65"):
        limits.admit(small(batch_size=65))
    limits.admit_upload(1000)
    with pytest.raises(Invalid, match=r"at most 0\.001 MB"):
        limits.admit_upload(1001)
    Limits().admit_upload(10**9)


def test_a_session_keeps_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with_room = Session(small(), path="eager")
    with_room.change(generator={"name": "mlp", "width": 16})
    with_room.close()
    monkeypatch.setenv(VARIABLE, Limits(width=8).model_dump_json())
    session = Session(small(), path="eager")
    for act in (session.adopt, session.start, Session):
        with pytest.raises(Invalid, match="at most 8"):
            act(small(generator={"name": "mlp", "width": 9}))
    assert session.experiment == small()
    session.close()


def test_limits_that_cannot_be_read_are_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in ("{", "[]", '{"width": "many"}', '{"withd": 3}'):
        monkeypatch.setenv(VARIABLE, broken)
        with pytest.raises(Invalid):
            Limits.here().admit(small(generator={"name": "mlp", "width": 512}))


# ---------------------------------------------------------------------------------------------------- command line


def test_the_number_of_sessions_follows_from_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for free, sessions in ((10 * SESSION + (600 << 20), 9), (0, 1), (10**12, 16)):
        monkeypatch.setattr("ganviz.server.public.policy.available", lambda free=free: free)
        assert policy(parser().parse_args(["serve", "--public"])).sessions == sessions


@pytest.mark.parametrize(
    "wrong",
    [
        *(["--sessions", "0"], ["--preheat", "-1"], ["--per-address", "-1"]),
        *(["--max-depth", "0"], ["--max-channels", "-1"]),
        *(["--idle", "0"], ["--idle", "nan"], ["--max-upload", "9"]),
    ],
)
def test_rules_that_make_no_sense(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--public", *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err


def test_the_operators_own_experiment_must_be_within_the_limits(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wide.json").write_text(small(generator={"name": "mlp", "width": 512}).to_json(), "utf-8")
    assert main(["serve", str(tmp_path / "wide.json"), "--public"]) == 2
    assert "width is at most 256, not 512" in capsys.readouterr().err


def test_serve_public_tells_its_kernels(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import os

    served: list[tuple[str, Policy]] = []

    def public(begin: Any, host: str, port: int, ready: Any, rules: Policy) -> None:
        served.append((host, rules))
        ready()

    monkeypatch.setattr("ganviz.server.start.serve_publicly", public)
    monkeypatch.setattr("ganviz.cli.serve.webbrowser.open", lambda address: pytest.fail("a server has no browser"))
    for name in ("GANVIZ_NO_PATHS", "GANVIZ_NO_COMPILER", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    rules = ["--sessions", "3", "--max-width", "99", "--max-depth", "3", "--max-channels", "16", "--max-batch", "512"]
    assert main(["serve", "--public", *rules]) == 0
    assert served[0][0] == "0.0.0.0"
    assert served[0][1].sessions == 3
    assert os.environ["GANVIZ_NO_PATHS"] == os.environ["GANVIZ_NO_COMPILER"] == "1"
    assert Limits.here() == Limits(width=99, depth=3, channels=16, batch_size=512, upload=2_000_000)
    assert "for 3 visitors at a time" in capsys.readouterr().out
