"""Scenes and their history as JSON; what does not read is an error that says so."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from claims.errors import StoreError
from claims.language import N_
from ui.scene.model import MAPPINGS, VALUES, Change, Grown, Item, Memo, Part, Scene, Step

Json: TypeAlias = Any  # whatever json.loads returns; every value is rebuilt by the readers below

FORMAT = 1


def write_scene(scene: Scene) -> str:
    """Spell a scene."""
    values = {name: _plain(getattr(scene, name)) for name in VALUES}
    mappings = {name: {key: _plain(one) for key, one in getattr(scene, name).items()} for name in MAPPINGS}
    return _text({"format": FORMAT, **values, **mappings})


def read_scene(text: str) -> Scene:
    """Read a scene; StoreError when it is not one."""
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError(document["format"])
        values = {name: _READ_VALUE.get(name, _same)(document[name]) for name in VALUES}
        for name in MAPPINGS:
            values[name] = {key: _READ_ITEM[name](one) for key, one in document[name].items()}
        return Scene(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(N_("A saved scene cannot be read: {error}"), error=error) from error


def write_change(change: Change) -> str:
    """Spell one step of a history."""
    parts = [[part.name, part.key, _plain(part.before), _plain(part.after)] for part in change.parts]
    return _text({"title": change.title, "parts": parts})


def read_change(text: str) -> Change:
    """Read one step of a history."""
    document = json.loads(text)
    return Change(document["title"], tuple(_read_part(*part) for part in document["parts"]))


def _read_part(name: str, key: str, before: Json, after: Json) -> Part:
    read = _READ_ITEM[name] if name in MAPPINGS else _READ_VALUE.get(name, _same)

    def value(given: Json) -> object:
        return None if given is None else read(given)

    return Part(name, key, value(before), value(after))


def _plain(value: object) -> Json:
    if isinstance(value, Item | Memo | Grown):
        said = {name: one for name, one in vars(value).items() if one not in (None, "") and one is not False}
        return {name: _plain(one) for name, one in said.items()}
    if isinstance(value, Step):
        return {name: _plain(one) for name, one in vars(value).items()}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _same(value: Json) -> Json:
    return value


def _words(value: Json) -> frozenset[str]:
    return frozenset(map(str, value))


def _window(value: Json) -> tuple[datetime | None, datetime | None]:
    since, until = (_time(one) for one in value)
    return since, until


def _time(value: Json) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _grown(value: Json) -> Grown:
    step = value["step"]
    kinds = frozenset((name, direction) for name, direction in step.get("kinds", ()))
    times = {name: _time(step.get(name)) for name in ("since", "until")}
    read = Step(**{**step, "kinds": kinds, "without": _words(step.get("without", ())), **times})
    return Grown(read, int(value.get("left", 0)), bool(value.get("exact")), value["x"], value["y"])


def _memo(value: Json) -> Memo:
    return Memo(**{"text": "", **value})


def _item(value: Json) -> Item:
    return Item(**value)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_READ_VALUE: Mapping[str, Callable[[Json], Any]] = {"types_off": _words, "opened": _words, "window": _window}
_READ_ITEM: Mapping[str, Callable[[Json], Any]] = {"items": _item, "grown": _grown, "memos": _memo}
