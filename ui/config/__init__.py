"""How the server of the pages is set up."""
