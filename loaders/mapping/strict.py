"""YAML read strictly: text stays text (01 is not 1), unknown and repeated keys are errors with their line."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from claims.errors import NotFoundError
from claims.language import N_, join_words
from loaders.mapping.model import MappingError

MAX_BYTES = 4_000_000  # a mapping is written by people; anything larger is something else
MAX_DEPTH = 20  # the deepest mapping of ours has 9 levels
NOT_MAPPING = N_("{file}, line {line}: names with values were expected here.")
NOT_LIST = N_("{file}, line {line}: a list of texts was expected here.")
NOT_TEXT = N_("{file}, line {line}: one text was expected here.")
UNKNOWN_KEY = N_("{file}, line {line}: unknown word {name}; known here: {known}.")
MISSING_KEY = N_("{file}, line {line}: {name} is missing.")
REPEATED_KEY = N_("{file}, line {line}: {name} is written twice.")


@dataclass
class Section:
    """One YAML mapping being read: `take_…` each known key, then `finish()`."""

    file: str
    node: yaml.MappingNode
    known: list[str] = field(default_factory=list)

    @property
    def line(self) -> int:
        """Line the section begins in."""
        return _line(self.node)

    def error(self, message: str, at: yaml.Node | None = None, **values: object) -> MappingError:
        """Make an error that names the file and the line."""
        return MappingError(message, file=self.file, line=_line(at or self.node), **values)

    def pairs(self) -> list[tuple[str, yaml.Node]]:
        """Return all keys with their values; a repeated key is an error."""
        found: dict[str, yaml.Node] = {}
        for key, value in self.node.value:
            name = self.text_of(key)
            if name in found:
                raise self.error(REPEATED_KEY, key, name=name)
            found[name] = value
        return list(found.items())

    def get(self, key: str) -> yaml.Node | None:
        """Return the value node of `key` and note that the key is known."""
        self.known.append(key)
        return dict(self.pairs()).get(key)

    def require(self, key: str) -> yaml.Node:
        """Return the value node of `key`, which must be there."""
        node = self.get(key)
        if node is None:
            raise self.error(MISSING_KEY, name=key)
        return node

    def text(self, key: str, default: str = "") -> str:
        """Return the text under `key`."""
        node = self.get(key)
        return default if node is None else self.text_of(node)

    def flag(self, key: str) -> bool:
        """Return whether `key` says true."""
        node = self.get(key)
        if node is None:
            return False
        text = self.text_of(node).casefold()
        if text not in ("true", "false"):
            raise self.error(N_("{file}, line {line}: {name} is either true or false."), node, name=key)
        return text == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts under `key`: a list, or one text."""
        node = self.get(key)
        return () if node is None else self.texts_of(node)

    def texts_map(self, key: str) -> dict[str, str]:
        """Return the texts by text under `key`."""
        node = self.get(key)
        if node is None:
            return {}
        return {name: self.text_of(value) for name, value in self.section(node).pairs()}

    def sections(self, key: str) -> list["Section"]:
        """Return the list of sections under `key`."""
        node = self.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(N_("{file}, line {line}: a list was expected under {name}."), node, name=key)
        return [self.section(item) for item in node.value]

    def section(self, node: yaml.Node) -> "Section":
        """Read `node` as a section."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(NOT_MAPPING, node)
        return Section(self.file, node)

    def text_of(self, node: yaml.Node) -> str:
        """Read `node` as text, exactly as written; a bare `~` or nothing is empty."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(NOT_TEXT, node)
        return "" if node.tag.endswith(":null") else str(node.value)

    def texts_of(self, node: yaml.Node) -> tuple[str, ...]:
        """Read `node` as texts: a list, or one text."""
        if isinstance(node, yaml.ScalarNode):
            return (self.text_of(node),)
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(NOT_LIST, node)
        return tuple(self.text_of(item) for item in node.value)

    def finish(self) -> None:
        """Raise for the first key nobody asked for."""
        for key, _value in self.node.value:
            name = self.text_of(key)
            if name not in self.known:
                raise self.error(UNKNOWN_KEY, key, name=name, known=join_words(dict.fromkeys(self.known)))


def read_sections(path: Path) -> Section:
    """Open a YAML file as one section; NotFoundError or MappingError say what is wrong with it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MappingError(N_("{file} is too large for a mapping."), file=path.name)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(N_("There is no file {file}."), file=str(path)) from None
    except (OSError, UnicodeDecodeError):
        raise MappingError(N_("{file} could not be read as UTF-8 text."), file=path.name) from None
    return parse_sections(text, path.name)


def parse_sections(text: str, file: str) -> Section:
    """Parse YAML text of reasonable depth and without aliases."""
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingError(
            N_("{file}, line {line}: not YAML ({reason})."), file=file, line=line, reason=error.problem or ""
        ) from None
    except yaml.YAMLError:
        raise MappingError(N_("{file} is not YAML."), file=file) from None
    if not isinstance(node, yaml.MappingNode):
        raise MappingError(NOT_MAPPING, file=file, line=1)
    return Section(file, node)


def _check_events(text: str, file: str) -> None:
    """Refuse what would make the parser work for hours: deep nesting, and aliases that stand for a billion lines."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
            raise MappingError(
                N_("{file}, line {line}: YAML aliases (&, *) and deep nesting are not allowed in a mapping."),
                file=file,
                line=event.start_mark.line + 1 if event.start_mark else 1,
            )


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
