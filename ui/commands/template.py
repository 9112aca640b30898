"""`ringhound template`: empty files to fill in."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from claims.language import _, language
from claims.templates import TemplateFormat, write_templates
from ui.commands.options import console


class HeaderLanguage(StrEnum):
    """Which names stand in the header."""

    ZH = "zh"
    EN = "en"


FolderArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help=_("Folder to write to; it is made if missing."), show_default=False)
]
FormatOption = Annotated[TemplateFormat, typer.Option("--format", help=_("Format of the files."))]
LanguageOption = Annotated[
    HeaderLanguage | None,
    typer.Option(
        "--language",
        help=_("Headers: Chinese titles or national names (default: the language in force)."),
        show_default=False,
    ),
]


def template(
    folder: FolderArgument, format_: FormatOption = TemplateFormat.XLSX, headers: LanguageOption = None
) -> None:
    """Write one empty file per table, with every column explained."""
    wanted = headers or (HeaderLanguage.ZH if language() == "zh_CN" else HeaderLanguage.EN)
    written = write_templates(folder, format_, chinese=wanted is HeaderLanguage.ZH)
    console.print(_("{count} templates written to {folder}.", count=len(written), folder=folder), markup=False)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("template", help=_("Write one empty file per table, with every column explained."))(template)
