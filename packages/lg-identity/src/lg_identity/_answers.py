# SPDX-License-Identifier: MIT
"""What One Login answers, as models at the edge, and how they become values."""

from datetime import date
from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field, JsonValue, StringConstraints

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Uprn
from lg_core.models import AnswerModel
from lg_identity.addresses import OneLoginAddress
from lg_identity.identity import CoreIdentity, Name, NamePart, NamePartType
from lg_identity.levels import Claim

__all__ = [
    "CoreIdentityClaims",
    "DidDocument",
    "Discovery",
    "KeySet",
    "TokenAnswer",
    "UserInfo",
]


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _none_is_empty(value: object) -> object:
    return "" if value is None else value


_Text = Annotated[str, BeforeValidator(_none_is_empty), StringConstraints(strip_whitespace=True)]
_Day = Annotated[date | None, BeforeValidator(_empty_is_none)]


class Discovery(AnswerModel):
    """The discovery document (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str


class KeySet(AnswerModel):
    """The published keys of ID tokens (RFC 7517)."""

    keys: list[dict[str, JsonValue]]

    def named(self, key_id: str) -> dict[str, JsonValue] | None:
        """Return the key of a name; a name that stands twice names nothing."""
        found = [key for key in self.keys if key.get("kid") == key_id]
        return found[0] if len(found) == 1 else None


class AssertionMethod(AnswerModel):
    """A key of a DID document."""

    id: str
    public_key: dict[str, JsonValue] = Field(validation_alias="publicKeyJwk")


class DidDocument(AnswerModel):
    """The DID document that holds the keys of identities (DID Core 1.0, did:web)."""

    id: str
    methods: list[AssertionMethod] = Field(validation_alias="assertionMethod")

    def named(self, key_id: str, *, did_id: str) -> dict[str, JsonValue] | None:
        """Return the key of a name that belongs to a pinned document."""
        if self.id != did_id or key_id.partition("#")[0] != did_id:
            return None
        found = [method.public_key for method in self.methods if method.id == key_id]
        return found[0] if len(found) == 1 else None


class TokenAnswer(AnswerModel):
    """The answer to a code (RFC 6749 section 5.1)."""

    access_token: str = Field(pattern=r"^[!-~]+$")
    id_token: str
    token_type: str = Field(pattern=r"(?i)^bearer$")


class _Address(AnswerModel):
    uprn: int | None = None
    organisation: _Text = Field(default="", validation_alias="organisationName")
    department: _Text = Field(default="", validation_alias="departmentName")
    sub_building: _Text = Field(default="", validation_alias="subBuildingName")
    building_name: _Text = Field(default="", validation_alias="buildingName")
    building_number: _Text = Field(default="", validation_alias="buildingNumber")
    dependent_street: _Text = Field(default="", validation_alias="dependentStreetName")
    street: _Text = Field(default="", validation_alias="streetName")
    double_dependent_locality: _Text = Field(
        default="", validation_alias="doubleDependentAddressLocality"
    )
    dependent_locality: _Text = Field(default="", validation_alias="dependentAddressLocality")
    locality: _Text = Field(default="", validation_alias="addressLocality")
    region: _Text = Field(default="", validation_alias="addressRegion")
    postal_code: _Text = Field(default="", validation_alias="postalCode")
    country: _Text = Field(default="", validation_alias="addressCountry")
    valid_from: _Day = Field(default=None, validation_alias="validFrom")
    valid_until: _Day = Field(default=None, validation_alias="validUntil")

    def value(self) -> OneLoginAddress:
        """Return the address."""
        return OneLoginAddress(
            uprn=_uprn(self.uprn),
            organisation=self.organisation,
            department=self.department,
            sub_building=self.sub_building,
            building_name=self.building_name,
            building_number=self.building_number,
            dependent_street=self.dependent_street,
            street=self.street,
            double_dependent_locality=self.double_dependent_locality,
            dependent_locality=self.dependent_locality,
            locality=self.locality,
            region=self.region,
            postal_code=self.postal_code,
            country=self.country,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


def _uprn(number: int | None) -> Uprn | None:
    if number is None:
        return None
    try:
        return Uprn(number)
    except InvalidValueError:  # 0, or too long to be one: an address without
        return None


class _ReturnCode(AnswerModel):
    code: str


class UserInfo(AnswerModel):
    """The claims of a person (OpenID Connect Core 1.0 section 5.3)."""

    sub: str
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_number_verified: bool | None = None
    wallet_subject_id: str | None = None
    core_identity: str | None = Field(default=None, validation_alias=Claim.CORE_IDENTITY.value)
    address: list[_Address] = Field(
        default_factory=list[_Address], validation_alias=Claim.ADDRESS.value
    )
    return_code: list[_ReturnCode] = Field(
        default_factory=list[_ReturnCode], validation_alias=Claim.RETURN_CODE.value
    )

    def addresses(self) -> tuple[OneLoginAddress, ...]:
        """Return the addresses."""
        return tuple(each.value() for each in self.address)

    def return_codes(self) -> tuple[str, ...]:
        """Return the letters."""
        return tuple(each.code for each in self.return_code)


class _NamePart(AnswerModel):
    type: str
    value: str


class _Name(AnswerModel):
    parts: list[_NamePart] = Field(validation_alias="nameParts")
    valid_from: _Day = Field(default=None, validation_alias="validFrom")
    valid_until: _Day = Field(default=None, validation_alias="validUntil")

    def value(self) -> Name:
        """Return the name."""
        parts = tuple(NamePart(_part_type(part.type), part.value) for part in self.parts)
        return Name(parts, self.valid_from, self.valid_until)


def _part_type(text: str) -> NamePartType | str:
    return next((kind for kind in NamePartType if kind.value == text), text)


class _BirthDate(AnswerModel):
    value: date


class CoreIdentityClaims(AnswerModel):
    """The part of a core identity token that says who somebody is."""

    names: list[_Name] = Field(validation_alias=AliasPath("vc", "credentialSubject", "name"))
    birth_dates: list[_BirthDate] = Field(
        validation_alias=AliasPath("vc", "credentialSubject", "birthDate")
    )

    def value(self) -> CoreIdentity:
        """Return the identity."""
        return CoreIdentity(
            tuple(name.value() for name in self.names),
            tuple(birth.value for birth in self.birth_dates),
        )
