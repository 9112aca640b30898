"""The pages: each asks the service, draws, and says something useful when there is nothing."""
