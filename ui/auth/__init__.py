"""Who may come in and what they may do: accounts, sessions, roles, and one guard for all."""
