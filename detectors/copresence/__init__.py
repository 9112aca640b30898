"""People and cards that come together more than chance allows."""

from detectors.contract import Detector
from detectors.copresence.agent_clientele import AgentClientele
from detectors.copresence.hoarded_cards import HoardedCards
from detectors.copresence.lockstep import Lockstep
from detectors.copresence.quick_alarm import QuickAlarm

COPRESENCE: tuple[Detector, ...] = (HoardedCards(), AgentClientele(), Lockstep(), QuickAlarm())
