"""Source formats, in the order they are tried; a mapping given by the operator comes before all."""

from loaders.base import Format
from loaders.formats.inspection import inspection
from loaders.formats.platform import platform
from loaders.standard import StandardFormat

FORMATS: tuple[Format, ...] = (platform(), inspection(), StandardFormat())
