"""What kinds of rings and innocent explanations are called by people; what nobody named is shown as it is."""

from collections.abc import Mapping

from claims.language import N_, translate

FAMILY_TITLES: Mapping[str, str] = {
    "shared_card": N_("shared card"),
    "collusion": N_("collusion"),
    "identity_reuse": N_("identity reuse"),
    "claims": N_("claims"),
}
PATTERN_TITLES: Mapping[str, str] = {
    "several_bearers": N_("several bearers"),
    "two_places": N_("two places at once"),
    "two_towns": N_("two towns"),
    "during_stay": N_("used during a stay"),
    "after_death": N_("used after death"),
    "after_loss": N_("used after a loss report"),
    "impossible_items": N_("impossible items"),
    "absent_bearer": N_("owner absent at ward checks"),
    "cards_of_the_dead": N_("cards of the dead"),
    "hoarded_burst": N_("hoarded cards, in bursts"),
    "hoarded_small": N_("hoarded cards, a few each"),
    "hoarded_spread": N_("hoarded cards, many tills"),
    "cash_out": N_("turned into cash"),
    "lockstep_pharmacy": N_("in step at a pharmacy"),
    "lockstep": N_("in step"),
    "sham_visits": N_("sham visits"),
    "renewed_members": N_("changing members"),
    "phantom_stays": N_("phantom stays"),
    "overbooked_beds": N_("beds claimed twice"),
    "kickback": N_("prescriptions steered"),
    "box_resale": N_("boxes resold"),
    "quota_stripping": N_("quotas stripped"),
    "pharmacy_to_pharmacy": N_("boxes between pharmacies"),
    "dense_block": N_("dense block"),
    "duplicate_identity": N_("duplicate enrolment"),
    "same_certificate": N_("shared certificate"),
    "same_face": N_("one face, several people"),
    "one_hand_ghosts": N_("ghosts of one hand"),
    "shared_handle": N_("one handle, many people"),
}

TRIAL_TITLES: Mapping[str, str] = {
    "household": N_("household"),
    "registered_agent": N_("registered agent"),
    "scheduled_service": N_("scheduled service"),
    "follow_up": N_("follow-up visits"),
    "residence": N_("shared residence"),
    "employer": N_("shared employer"),
    "village_bus": N_("village bus"),
    "busy_day": N_("busy days"),
    "cleared_before": N_("cleared before"),
    "chain_transfer": N_("transfer within a chain"),
    "device_alone": N_("doubtful device"),
    "discount_day": N_("discount days"),
    "followed": N_("treatment followed"),
    "health_worker": N_("health worker"),
    "judged": N_("judged before"),
    "lawful_batches": N_("lawful batches"),
    "lawful_parts": N_("lawful part of the group"),
    "lawful_repeats": N_("returns and repeated scans"),
    "long_prescription": N_("long prescription"),
    "mistyped": N_("mistyped number"),
    "moved_bed": N_("moved to another bed"),
    "newborn": N_("newborn"),
    "not_used": N_("never used"),
    "quick_alarm": N_("quick alarm"),
    "twins": N_("twins"),
    "addr": N_("same address"),
    "badly enrolled template": N_("badly enrolled template"),
    "colleagues": N_("colleagues"),
    "common_day": N_("common days"),
    "commuter": N_("commuter"),
    "course_of_treatment": N_("course of treatment"),
    "custom": N_("usual custom"),
    "days of admission and discharge": N_("days of admission and discharge"),
    "distance": N_("distance"),
    "emp_no": N_("same employer"),
    "errands, referrals, scheduled care": N_("errands, referrals, scheduled care"),
    "escorted check-up": N_("escorted check-up"),
    "families": N_("families"),
    "family": N_("family"),
    "family errand": N_("family errand"),
    "late settlement": N_("late settlement"),
    "living person in the register of deaths": N_("living person in the register of deaths"),
    "maternity benefit of the wife": N_("maternity benefit of the wife"),
    "moved house": N_("moved house"),
    "no_gain": N_("nothing to gain"),
    "one wrong code copied on": N_("one wrong code copied on"),
    "one_family": N_("one family"),
    "own_habit": N_("own habits"),
    "own_life": N_("a life of their own"),
    "recovered card": N_("recovered card"),
    "size": N_("size"),
    "stock": N_("stock"),
    "village": N_("one village"),
    "wrong sex in the register": N_("wrong sex in the register"),
}


def trial_title(test: str) -> str:
    """Name of an innocent explanation in the language in force."""
    return translate(TRIAL_TITLES.get(test, test))


def kind_title(kind: str) -> str:
    """Family and pattern in the language in force."""
    family, _slash, pattern = kind.partition("/")
    parts = [FAMILY_TITLES.get(family, family), PATTERN_TITLES.get(pattern, pattern)]
    return "/".join(translate(part) if part else "" for part in parts if part)
