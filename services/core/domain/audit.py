"""What goes on record about who did what: names, never a citizen's data."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Action(StrEnum):
    """What somebody did, or wanted to do. Values stand in the log for years: never rename one."""

    DOSSIER_CREATE = "dossier.create"
    DOSSIER_READ = "dossier.read"  #: with the full identity number
    DOSSIER_PROGRESS = "dossier.progress"
    DOSSIER_EXTEND = "dossier.extend"
    DOSSIER_APOLOGISE = "dossier.apologise"
    DOSSIER_CORRECT = "dossier.correct"
    DOSSIER_PROVE = "dossier.prove"
    DOSSIER_IMPORT = "dossier.import"
    PAYMENT_RECORD = "payment.record"
    PAYOUT_RECORD = "payout.record"
    IDENTITY_REVEAL = "identity.reveal"  #: of the people of one dossier
    CITIZEN_FIND = "citizen.find"
    CITIZEN_PREFILL = "citizen.prefill"
    LOOK_UP_ASK = "lookup.ask"
    LOOK_UP_READ = "lookup.read"
    LOOK_UP_SETTING = "lookup.setting"
    STANDING_FIND = "onboarding.find"
    ONBOARDING_RECORD = "onboarding.record"
    ONBOARDING_IMPORT = "onboarding.import"
    ONBOARDING_REBUILD = "onboarding.rebuild"
    ONBOARDING_SETTING = "onboarding.setting"
    POPULATION_SAVE = "population.save"
    TARGETS_SAVE = "targets.save"
    COUNTS_REPORT = "counts.report"
    PARKED_REPLAY = "parked.replay"
    PARKED_CLOSE = "parked.close"
    RECONCILE_REPAIR = "reconcile.repair"
    CATALOGUE_IMPORT = "catalogue.import"
    ACCOUNT_SET = "account.set"
    CLIENT_CREATE = "client.create"
    CLIENT_REVOKE = "client.revoke"
    CLIENT_KEY_ADD = "client.key-add"
    CLIENT_KEY_REMOVE = "client.key-remove"
    OFFICER_ADD = "officer.add"
    OFFICER_CHANGE = "officer.change"
    OFFICER_REVOKE = "officer.revoke"
    AUDIT_EXPORT = "audit.export"


class Result(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it.

    `name` is the desk client's name, or the account at the command line, which has no `client_id`. `officer`
    is the person as the desk software names them; `device` the address or the machine the call came from;
    `unit_path` the subtree that the actor may see.
    """

    name: str
    client_id: UUID | None = None
    officer: str | None = None
    device: str | None = None
    unit_path: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, to which objects (our own ids, dossier codes, unit codes), and why.

    `changed` names fields, never their values. `purpose` is the reason that was given.
    """

    action: Action
    objects: tuple[str, ...] = ()
    purpose: str | None = None
    changed: tuple[str, ...] | None = None
    result: Result = Result.DONE
