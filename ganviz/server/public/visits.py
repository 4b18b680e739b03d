"""Visits: who is there, who may come in, and who has gone."""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ganviz.server.kernels import kernel_of
from ganviz.server.public.memory import available, resident
from ganviz.server.public.policy import SCARCE, SESSION, Policy

log = logging.getLogger("ganviz.public")

PERIOD = 5.0
"""Seconds between two rounds through all sessions."""


@dataclass
class Visit:
    """One session, in seconds of the monotonic clock."""

    seen: float = field(default_factory=lambda: time.monotonic())
    """When a page was last connected to it."""
    acted: float = field(default_factory=lambda: time.monotonic())
    """When the visitor last did something."""
    address: str = ""
    """Where the visitor asked from."""


class Arrival:
    """Somebody who has asked for a page and has not all of it yet."""

    def __init__(self, address: str = "") -> None:
        self.address = neighbourhood(address)
        """Where from."""
        self.placed = False
        """Whether there is a kernel for it, which is then counted."""
        self.kernel = ""
        """The kernel's name, as soon as the page tells it."""
        self.gave_up = False
        """Whether nobody waits for the page any more."""

    def told(self, piece: str) -> None:
        """A piece of the page; the first one is written when there is a kernel."""
        self.placed = True
        self.kernel = kernel_of(piece) or self.kernel


def neighbourhood(address: str) -> str:
    """An address, or of IPv6 the network of 2⁶⁴ addresses that one household has all of."""
    try:
        known = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(known.ipv4_mapped or ipaddress.IPv6Network((known, 64), strict=False))


class Visits:
    """Counts the sessions of a kernel manager, ends those that nobody uses, and the largest when memory runs out.

    A closed page's kernel is ended by its socket; here is what is left: pages that never connected, or that nobody
    waited for, visitors who leave theirs open and go, kernels that grow.
    """

    def __init__(
        self,
        kernels: Any,
        policy: Policy,
        memory_of: Callable[[int], int] = resident,
        free: Callable[[], int] = available,
    ) -> None:
        """`kernels`: Voilà's kernel manager. `memory_of` gives the bytes of a process by its id, `free` those that the
        machine still has."""
        self._kernels, self._policy, self._memory_of, self._free = kernels, policy, memory_of, free
        self._visits: dict[str, Visit] = {}
        self._arriving: list[Arrival] = []

    @property
    def full(self) -> bool:
        """Whether there is no place left, or no memory for one."""
        if self._free() < SESSION:
            return True
        pooled = self._pooled()
        taken = sum(kernel not in pooled for kernel in self._kernels.list_kernel_ids())
        return taken + sum(not arrival.placed for arrival in self._arriving) >= self._policy.sessions

    def many_from(self, address: str) -> bool:
        """Whether as many sessions as one address may have were asked for from there, and go on."""
        near, running = neighbourhood(address), set(self._kernels.list_kernel_ids())
        there = sum(visit.address == near and kernel in running for kernel, visit in self._visits.items())
        there += sum(arrival.address == near for arrival in self._arriving)
        return bool(self._policy.per_address) and there >= self._policy.per_address

    @contextmanager
    def arrival(self, address: str = "") -> Iterator[Arrival]:
        """Somebody asks for a page, and takes a place from now on."""
        arrival = Arrival(address)
        self._arriving.append(arrival)
        try:
            yield arrival
        finally:
            self._arriving.remove(arrival)
            if arrival.kernel:
                seen = -math.inf if arrival.gave_up else time.monotonic()
                self._visits[arrival.kernel] = Visit(seen=seen, address=arrival.address)

    def act(self, kernel: str) -> None:
        """The visitor of that kernel did something."""
        self._visits.setdefault(kernel, Visit()).acted = time.monotonic()

    async def round(self) -> None:
        """End the sessions that nobody uses, and those that take too much."""
        pooled, running = self._pooled(), self._kernels.list_kernel_ids()
        # Of a kernel that waits for its visitor nothing is known yet; its time begins when it is handed out.
        self._visits = {kernel: self._visits.get(kernel, Visit()) for kernel in running if kernel not in pooled}
        for kernel, visit in list(self._visits.items()):
            if reason := self._objection(kernel, visit):
                log.info("A session is ended: %s.", reason)
                await self._end(kernel)
        if self._visits and self._free() < SCARCE:
            # Else the system would choose, and it might choose the server.
            log.info("A session is ended: it is the largest, and the machine has hardly any memory left.")
            await self._end(max(self._visits, key=lambda kernel: self._memory_of(self._process(kernel))))

    def _objection(self, kernel: str, visit: Visit) -> str:
        """Why a session should end; empty where it may go on."""
        now = time.monotonic()
        arriving = any(arrival.kernel == kernel for arrival in self._arriving)
        if arriving or self._kernels.kernel_model(kernel)["connections"]:
            visit.seen = now
        if now - visit.seen > self._policy.arrival:
            return "no page is connected to it"
        if now - visit.acted > self._policy.idle:
            return "its visitor does nothing"
        if self._memory_of(self._process(kernel)) > self._policy.memory:
            return "it takes too much memory"
        return ""

    async def _end(self, kernel: str) -> None:
        try:
            # What takes too much has no claim to five seconds' notice, and what nobody looks at needs none.
            await self._kernels.shutdown_kernel(kernel, now=True)
        except Exception:  # it was ending already; the others must have their round
            log.info("A session had ended by itself.")

    def _process(self, kernel: str) -> int:
        provisioner = getattr(self._kernels.get_kernel(kernel), "provisioner", None)
        return getattr(provisioner, "pid", None) or 0

    def _pooled(self) -> set[str]:
        """Kernels that are ready for a visitor who has not come yet."""
        pools = getattr(self._kernels, "_pools", {})
        tasks = [task for pool in pools.values() for task in pool]
        ready = [task for task in tasks if task.done() and not task.cancelled() and task.exception() is None]
        return {task.result()["kernel_id"] for task in ready}
