"""What came of messages to a customer. Shard-local by customer."""

import polars as pl

ANSWERS = ("opened", "clicked", "replied", "converted")
IN_GROUP = ("joined_group", "active_in_group", "left_group")


def answers(events: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `contacts_sent`, `contacts_answered`, `answers_on`, `last_contact_date`.

    `events`: staged.contact_event with `customer_id`. An answer belongs to the latest message before it of the same
    campaign on the same channel; however often a message was opened or clicked, it is answered once. One that belongs
    to no message still tells the channel on which the customer answers.
    """
    sent = _sent(events)
    to_message = _answered(events, sent)
    totals = sent.group_by("customer_id").agg(contacts_sent=pl.len(), last_contact_date=pl.col("happened_date").max())
    answered = to_message.group_by("customer_id").agg(contacts_answered=pl.col("message_key").drop_nulls().n_unique())
    both = totals.join(answered, on="customer_id", how="full", coalesce=True)
    return both.join(_answers_on(to_message), on="customer_id", how="left")


def customer_channels(events: pl.LazyFrame) -> pl.LazyFrame:
    """mart.customer_channel, sorted by key. `events`: staged.contact_event with `customer_id`.

    Who was held out of a campaign got no message by it. Who was active in a group is in it until they leave.
    """
    kind = pl.col("event_type")
    of_group = kind.is_in(IN_GROUP)
    day = pl.col("happened_date")
    return (
        events.filter(kind != "held_out")
        .sort("happened_at", "event_key")
        .group_by("customer_id", "channel", maintain_order=True)
        .agg(
            *((kind == name).sum().alias(name) for name in ("sent", *ANSWERS)),
            last_sent_date=day.filter(kind == "sent").max(),
            last_answer_date=day.filter(kind.is_in(ANSWERS)).max(),
            is_in_group=(kind.filter(of_group).last() != "left_group").fill_null(value=False),
            last_active_date=day.filter(kind == "active_in_group").max(),
        )
        .sort("customer_id", "channel")
    )


_MESSAGE = ["customer_id", "channel", "campaign"]


def _sent(events: pl.LazyFrame) -> pl.LazyFrame:
    return events.filter(event_type="sent")


def _answered(events: pl.LazyFrame, sent: pl.LazyFrame) -> pl.LazyFrame:
    """Answers, with `message_key` of the message they answer where one is known."""
    # Joined by campaign: null is one too, and a null key would match nothing.
    outside = pl.col("campaign").fill_null("")
    told = events.filter(pl.col("event_type").is_in(ANSWERS)).with_columns(outside).sort("happened_at", "event_key")
    messages = sent.with_columns(outside).sort("happened_at", "event_key")
    keys = messages.select(*_MESSAGE, "happened_at", message_key="event_key")
    return told.join_asof(keys, on="happened_at", by=_MESSAGE, strategy="backward", check_sortedness=False)


def _answers_on(to_message: pl.LazyFrame) -> pl.LazyFrame:
    answered = pl.coalesce("message_key", "event_key").n_unique()
    by_channel = to_message.group_by("customer_id", "channel").agg(answered=answered, last=pl.col("happened_at").max())
    most = pl.col("channel").sort_by("answered", "last", "channel", descending=[True, True, False]).first()
    return by_channel.group_by("customer_id").agg(answers_on=most)
