"""People, departments, positions, who holds them, held levels, signatures and the evidence trail."""

from organization.models.access import FailedSigning, OpenSession, Pin, UsedCode
from organization.models.company import CompanySettings
from organization.models.days import AbsenceFeed, CalendarException, CalledOff
from organization.models.evidence import EvidenceEntry, EvidenceSeal
from organization.models.levels import Ability, GateRule, HeldLevel, Level
from organization.models.people import Person
from organization.models.proposals import Proposal
from organization.models.signatures import Signature, SignatureHead
from organization.models.structure import Absence, Appointment, Department, Position

__all__ = [
    "Ability",
    "Absence",
    "AbsenceFeed",
    "Appointment",
    "CalendarException",
    "CalledOff",
    "CompanySettings",
    "Department",
    "EvidenceEntry",
    "EvidenceSeal",
    "FailedSigning",
    "GateRule",
    "HeldLevel",
    "Level",
    "OpenSession",
    "Person",
    "Pin",
    "Position",
    "Proposal",
    "Signature",
    "SignatureHead",
    "UsedCode",
]
