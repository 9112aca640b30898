"""Who sends the letters: `ringhound.yaml`, section `letters`; what is not set stays a blank line in documents.

letters:
  authority: 示范县医疗保障局     # name of the sender
  region: 示范县                  # 公安机关等同级部门的区划名
  contact: 基金监管科
  telephone: 0700-0000000
  address: 示范县示范路 1 号
  fonts: /usr/share/fonts/fz      # folder with the fonts of GB/T 9704, where the authority holds licences
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from cases.exports.facts import Authority
from cases.settings import SettingsError
from claims.language import N_, join_words
from claims.workspace import Workspace

_TEXTS = ("region", "contact", "telephone", "address")
_KEYS = ("authority", *_TEXTS, "fonts", "templates")


def authority_of(workspace: Workspace) -> Authority:
    """Read the sender; SettingsError names what does not read."""
    given = _section(workspace.settings)
    return Authority(given.get("authority", ""), *(given.get(key, "") for key in _TEXTS))


def font_folder(workspace: Workspace) -> Path | None:
    """Folder of further fonts, None where none is set."""
    return _folder(workspace, "fonts")


def template_folder(workspace: Workspace) -> Path | None:
    """Folder of the authority's own templates, None where none is set."""
    return _folder(workspace, "templates")


def _folder(workspace: Workspace, name: str) -> Path | None:
    folder = _section(workspace.settings).get(name, "")
    return Path(folder) if folder else None


def _section(path: Path) -> Mapping[str, str]:
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(N_("{path} does not read: {error}"), path=path, error=str(error)) from error
    section = content.get("letters", {}) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise SettingsError(N_("{path}: {name} cannot be {value}."), path=path, name="letters", value=section)
    unknown = sorted(set(section) - set(_KEYS))
    if unknown:
        message = N_("{path}: there is no setting {name}; there are {known}.")
        raise SettingsError(message, path=path, name=f"letters.{unknown[0]}", known=join_words(_KEYS))
    return {key: str(value) for key, value in section.items()}
