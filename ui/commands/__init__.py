"""One file per group of commands; `ui.cli` lists them."""
