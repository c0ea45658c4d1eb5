"""What a shop tells of its costs beside its exports."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from transforms.contracts import fields
from transforms.contracts.table import MONEY_SCALE

SHARE_SCALE = 1_000_000
"""Shares are counted in millionths, so that costs are exact."""

Amount = Annotated[Decimal, Field(ge=0, lt=10**9, decimal_places=4)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Kept = Annotated[Decimal, Field(ge=-1, le=1, decimal_places=6)]


class Costs(BaseModel):
    """What selling costs, in the reporting currency, beside what files of product costs tell; untold, none of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    margin: Kept | None = Field(
        None,
        description="Share of the price of goods, with tax where prices hold it, that lies above what they cost; for "
        "articles without a cost.",
    )
    category_margin: dict[str, Kept] = Field({}, description="The same by category, such as `{Tea = 0.55}`.")
    payment_fee: Share = Field(Decimal(0), description="Share of what is paid that the payment service keeps.")
    shipping_per_order: Amount = Field(
        Decimal(0), description="What the shop pays for shipping an order of goods, on top of what the buyer does."
    )
    service_minutes: Amount = Field(Decimal(0), description="Working time a ticket takes.")
    service_hour: Amount = Field(Decimal(0), description="Cost of an hour of it.")
    message: dict[str, Amount] = Field(
        {}, description="Cost of one message by channel, such as `{sms = 0.05, post = 0.9}`."
    )
    new_customer: Amount = Field(
        Decimal(0), description="What it costs to win a customer; counts for what losing one costs, not for margin."
    )

    @field_validator("message")
    @classmethod
    def _channels_are_known(cls, message: dict[str, Decimal]) -> dict[str, Decimal]:
        unknown = sorted(message.keys() - set(fields.channel.values))
        if unknown:
            raise ValueError(f"unknown channel {unknown[0]!r}; known are {', '.join(fields.channel.values)}")
        return message

    @model_validator(mode="after")
    def _service_is_told_whole(self) -> "Costs":
        if bool(self.service_minutes) != bool(self.service_hour):
            raise ValueError("service_minutes and service_hour tell what a ticket costs together; set both or neither")
        return self

    @property
    def tell_goods(self) -> bool:
        """Whether they tell what goods cost."""
        return self.margin is not None or bool(self.category_margin)

    @property
    def are_told(self) -> bool:
        """Whether anything is taken off net revenue."""
        others = (self.payment_fee, self.shipping_per_order, self.ticket_cost, *self.message.values())
        return self.tell_goods or any(others)

    @property
    def ticket_cost(self) -> int:
        """What dealing with one ticket costs, money."""
        return money(self.service_minutes * self.service_hour / 60)


def money(amount: Decimal) -> int:
    """Units of the currency as ten-thousandths."""
    return round(amount * MONEY_SCALE)


def millionths(share: Decimal) -> int:
    """A share in units of `SHARE_SCALE`."""
    return int(share * SHARE_SCALE)
