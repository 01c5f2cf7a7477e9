# SPDX-License-Identifier: GPL-3.0-or-later
"""What is killed when, and what else goes wrong: all of it follows from the seed."""

import random

PEOPLE = 4
SERVICE = "service"
COUNTERPART = "counterpart"
EVERYTHING = "everything"  # as a power cut does

# Instants between two kills: most hit processes at work, some hit one that is only just starting.
SHORTEST_GAP_MS = 20
LONGEST_GAP_MS = 700
LONGEST_DOWN_MS = 250
MISBEHAVIOURS = ("late", "twice", "timeout_after_acting", "refuse", "down")


class Event:  # pylint: disable=too-few-public-methods
    """One thing that happens at an instant, in milliseconds from the start."""

    def __init__(self, at_ms, what, target, detail=None):
        self.at_ms = at_ms
        self.what = what
        self.target = target
        self.detail = detail

    def __str__(self):
        return f"{self.at_ms} ms: {self.what} {self.target} {self.detail or ''}".rstrip()


def client(person):
    """The name of a person's client."""
    return f"client-{person}"


def members(target):
    """The processes that are hit."""
    if target == EVERYTHING:
        return [SERVICE, COUNTERPART] + [client(person) for person in range(PEOPLE)]
    return [target]


def _choose(draw, only_service):
    if only_service:
        return SERVICE
    number = draw.random()
    if number < 0.05:
        return EVERYTHING
    if number < 0.45:
        return SERVICE
    if number < 0.65:
        return COUNTERPART
    return client(draw.randrange(PEOPLE))


def make(seed, kills, only_service=False):
    """The events of a run, in their order."""
    draw = random.Random(f"plan {seed}")
    events = []
    back_at = {}
    now = 0
    for _ in range(kills):
        now += draw.randint(SHORTEST_GAP_MS, LONGEST_GAP_MS)
        target = _choose(draw, only_service)
        at = max(now, *(back_at.get(name, 0) + 1 for name in members(target)))
        back = at + draw.randint(0, LONGEST_DOWN_MS)
        if not only_service and draw.random() < 0.5:
            order = {"next": draw.choice(MISBEHAVIOURS), "count": draw.randint(1, 3)}
            events.append(Event(draw.randint(0, at), "misbehave", COUNTERPART, order))
        events.append(Event(at, "kill", target))
        events.append(Event(back, "start", target))
        back_at.update((name, back) for name in members(target))
    return sorted(events, key=lambda event: event.at_ms)
