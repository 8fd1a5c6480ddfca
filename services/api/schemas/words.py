"""Enumerations that have numbers on the portal's wire and words in ours."""

from enum import IntEnum
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from services.core.domain.dossier import Status
from services.core.domain.filing import (
    ApplicantKind,
    Channel,
    FeeKind,
    FeeStage,
    ResultDelivery,
    Reuse,
)


class _Read:
    """Reads members of an enumeration from their names or their numbers, and writes them so."""

    def __init__(self, members: dict[Any, IntEnum]) -> None:
        self._members = members
        self._written = {member: shown for shown, member in members.items()}
        self._kind: Final = "string" if isinstance(next(iter(members)), str) else "integer"

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(self._written.__getitem__),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": self._kind, "enum": list(self._members)}

    def _read(self, value: Any) -> IntEnum:
        if isinstance(value, IntEnum):
            return value
        # True equals 1, and is none of our numbers.
        if isinstance(value, str | int) and not isinstance(value, bool) and value in self._members:
            return self._members[value]
        raise PydanticCustomError(
            "enum", "refused", {"expected": ", ".join(str(member) for member in self._members)}
        )


def _by_name(enum: type[IntEnum]) -> _Read:
    return _Read({member.name.lower(): member for member in enum})


#: Statuses go by the portal's numbers, which every officer knows (portal-interface 2.4).
StatusNumber = Annotated[Status, _Read({int(status): status for status in Status})]
ChannelWord = Annotated[Channel, _by_name(Channel)]
ApplicantKindWord = Annotated[ApplicantKind, _by_name(ApplicantKind)]
ResultDeliveryWord = Annotated[ResultDelivery, _by_name(ResultDelivery)]
ReuseWord = Annotated[Reuse, _by_name(Reuse)]
FeeStageWord = Annotated[FeeStage, _by_name(FeeStage)]
FeeKindWord = Annotated[FeeKind, _by_name(FeeKind)]
