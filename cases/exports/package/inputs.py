"""Which background numbers travel with each detector's findings."""

from collections.abc import Mapping
from types import MappingProxyType

from cases.exports.package.inputs_cards import agent, checks, facets, slips, words
from cases.exports.package.inputs_collusion import beds, block, box, phantom, quota, steering
from cases.exports.package.inputs_identity import ghosts, handle, nothing, similarities
from cases.exports.package.inputs_meeting import meeting
from cases.exports.package.look import Maker

MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "two_places": slips,
        "during_stay": slips,
        "after_death": slips,
        "after_loss": slips,
        "impossible_items": words,
        "absent_bearer": checks,
        "borrowed_card": slips,
        "split_life": facets,
        "hoarded_cards": meeting,
        "lockstep": meeting,
        "agent_clientele": agent,
        "quick_alarm": meeting,
        "phantom_stays": phantom,
        "overbooked_beds": beds,
        "kickback": steering,
        "box_resale": box,
        "pharmacy_to_pharmacy": box,
        "quota_stripping": quota,
        "dense_blocks": block,
        "duplicate_identity": nothing,
        "same_certificate": nothing,
        "same_template": similarities,
        "one_hand_ghosts": ghosts,
        "shared_handle": handle,
    }
)
