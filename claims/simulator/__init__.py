"""A simulated county: claims as they come from the platform, with planted rings and innocent look-alikes."""

from claims.simulator.run import Summary, later_folder, simulate
from claims.simulator.settings import SimulationError

__all__ = ["SimulationError", "Summary", "later_folder", "simulate"]
