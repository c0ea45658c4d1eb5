# ruff: noqa: E501
# fmt: off
"""First tables: contact."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.create_table('contact_hold',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('reason', sa.Text(), nullable=False, comment='Why not. One of: no_purchase, no_score, not_due, not_worth_it, no_consent, no_address, cap_reached.'),
        sa.Column('look_again_on', sa.Date(), nullable=True, comment='Shop-local date to think again; null where only new data helps.'),
        sa.PrimaryKeyConstraint('as_of_date', 'customer_id').ddl_if(dialect='postgresql'),
        schema='contact',
        comment='One customer in one night. Who is left alone, why, and when to look again. List and hold together hold every customer once.'
    )
    op.create_table('contact_list',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('occasion', sa.Text(), nullable=False, comment='Why now.'),
        sa.Column('campaign', sa.Text(), nullable=False, comment='The occasion and its instance; arms and answers are counted by it.'),
        sa.Column('channel', sa.Text(), nullable=False, comment='Way to reach the customer. One of: email, sms, wechat, post, phone, app.'),
        sa.Column('address', sa.Text(), nullable=True, comment='E-mail address, phone number or other address on the channel. Personal data.'),
        sa.Column('message', sa.Text(), nullable=False, comment='Key of the text.'),
        sa.Column('reward', sa.Text(), nullable=True, comment='Key of the reward; null for a message without one.'),
        sa.Column('send_on', sa.Date(), nullable=False, comment='Shop-local day of sending, the day after the night.'),
        sa.Column('send_from_at', sa.DateTime(timezone=True), nullable=False, comment='Not before, UTC.'),
        sa.Column('send_until_at', sa.DateTime(timezone=True), nullable=False, comment='Not after, UTC.'),
        sa.Column('reason', sa.Text(), nullable=False, comment='Why this customer is on the list, in words.'),
        sa.Column('arm', sa.Text(), nullable=False, comment='Whether the message is sent. One of: treated, control.'),
        sa.PrimaryKeyConstraint('as_of_date', 'customer_id').ddl_if(dialect='postgresql'),
        schema='contact',
        comment='One customer in one night. Whom to write to. Control rows stand here without an address and are never exported.'
    )
    op.create_table('contact_point',
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('channel', sa.Text(), nullable=False, comment='Way to reach the customer. One of: email, sms, wechat, post, phone, app.'),
        sa.Column('address', sa.Text(), nullable=False, comment='E-mail address, phone number or other address on the channel. Personal data.'),
        sa.Column('purpose', sa.Text(), nullable=False, comment='What the address may be used for. One of: marketing, service.'),
        sa.Column('consent_state', sa.Text(), nullable=False, comment='Latest word of the customer on it. One of: granted, refused, unknown.'),
        sa.Column('consent_at', sa.DateTime(timezone=True), nullable=True, comment='When they said it, UTC; null while unknown.'),
        sa.Column('evidence', sa.Text(), nullable=True, comment='How the consent was given: form, wording, place. Personal data.'),
        sa.PrimaryKeyConstraint('customer_id', 'channel', 'address', 'purpose').ddl_if(dialect='postgresql'),
        schema='contact',
        comment='One address of one customer, for one purpose. How a customer can be reached and what they said about it, up to the latest published night. For marketing every e-mail address and phone number for text messages stands here; for service, and for calls, those about which anything was said. What accounts of one customer said of one address last counts.'
    )
    op.create_table('customer_attribute',
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('attribute', sa.Text(), nullable=False, comment='What is noted: birthday, lunar_birthday, family, ...'),
        sa.Column('attribute_value', sa.Text(), nullable=False, comment='What it is. Personal data.'),
        sa.Column('source', sa.Text(), nullable=False, comment='Who says so.'),
        sa.Column('noted_date', sa.Date(), nullable=True, comment='Shop-local date of the note; null if untold.'),
        sa.PrimaryKeyConstraint('customer_id', 'attribute', 'source').ddl_if(dialect='postgresql'),
        schema='contact',
        comment='One thing one source says of one customer. Birthdays, families, favourite colours: whatever the shop noted, up to the latest published night. Of several accounts the latest note of a source counts.'
    )
    op.create_table('customer_card',
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('customer_name', sa.Text(), nullable=True, comment='Name of the account used last, of those with a name. Personal data.'),
        sa.Column('account_keys', sa.Text(), nullable=True, comment='Accounts of the stores, `store_id/account_id`, joined by `; `. Personal data.'),
        sa.Column('sex', sa.Text(), nullable=True, comment='`female` or `male` where the note says so, else as noted. Personal data.'),
        sa.Column('birth_date', sa.Date(), nullable=True, comment='By the solar calendar, as last noted. Personal data.'),
        sa.Column('lunar_birthday', sa.Text(), nullable=True, comment='Month and day by the lunar calendar, `08-15`. Personal data.'),
        sa.Column('next_birthday_date', sa.Date(), nullable=True, comment='First birthday after the night, by the calendar the customer keeps: the lunar one where it is told. 29 February is kept on the 28th, the lunar 30th on the 29th, where there is none. Personal data.'),
        sa.Column('tags', sa.Text(), nullable=True, comment='Words put to the customer on any account, joined by `;`. Personal data.'),
        sa.Column('is_wechat_friend', sa.Boolean(), nullable=True, comment='Whether the shop is a friend there; null if untold.'),
        sa.Column('open_complaint_at', sa.DateTime(timezone=True), nullable=True, comment='Oldest complaint that is not settled, UTC.'),
        sa.Column('open_complaint_channel', sa.Text(), nullable=True, comment='Way it came. Personal data.'),
        sa.Column('open_complaint_tags', sa.Text(), nullable=True, comment='Words the service put to it, joined by `;`. Personal data.'),
        sa.Column('open_complaint_reply_at', sa.DateTime(timezone=True), nullable=True, comment='Its first answer, UTC; null while there is none.'),
        sa.Column('open_complaint_order_key', sa.Text(), nullable=True, comment='Order it is about, where it says.'),
        sa.Column('last_review_text', sa.Text(), nullable=True, comment='What the latest review says. Personal data.'),
        sa.PrimaryKeyConstraint('customer_id').ddl_if(dialect='postgresql'),
        schema='contact',
        comment='One customer. Who the customer is, for the person at the counter or in the chat, up to the latest published night.'
    )
        # ### end Alembic commands ###
