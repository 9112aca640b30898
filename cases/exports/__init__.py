"""Documents that leave the house: a ring as a dossier, and one file per form of letter."""
