"""What the findings are called: the sentences at the top, rules, models."""

from collections.abc import Sequence
from datetime import date, timedelta

from checks.gate.account import TABLE as ACCOUNT
from flows.report.findings import Cohort, Failure, Findings
from flows.report.numerals import count, day, percent
from flows.report.texts import Both, joined, named, said, texts

NO_MODEL = "none"
OF_COLUMN = ("impossible", "missing", "rounded", "unreadable", "unknown")
"""Endings of the rules that are made for every column."""


def headline(found: Findings) -> Both:
    """The one sentence to take home."""
    if not found.buyers:
        return said("headline.no_buyers")
    if found.at_risk is None:
        return said("headline.no_model")
    counts = {"at_risk": count(found.at_risk), "regulars": count(found.regulars)}
    if not found.at_risk:
        return said("headline.nobody_at_risk", regulars=counts["regulars"])
    return said("headline.at_risk", found.at_risk, **counts)


def send_on(found: Findings) -> date:
    """When messages go out: on the day after the night."""
    return found.as_of + timedelta(days=1)


def explanation(found: Findings) -> Both:
    """The sentences after the headline: who is written to, and where the money will come from."""
    sentences = []
    sent = day(send_on(found))
    if found.treated:
        sentences.append(said("headline.contacts", found.treated, day=sent, treated=count(found.treated)))
    else:
        sentences.append(said("headline.no_contacts", day=sent))
    if found.control:
        sentences.append(said("headline.control", found.control, control=count(found.control)))
    if (value := found.value) and value.gold_customers:
        share, of_value = percent(value.gold_customers, value.customers), percent(value.gold, value.total)
        gold = count(value.gold_customers)
        what = named("basis", value.basis)
        sentences.append(said("headline.gold", value.gold_customers, gold=gold, share=share, value=of_value, what=what))
    return joined(sentences)


def returning(cohorts: Sequence[Cohort]) -> Both | None:
    """What share of new customers buys again in the first month after, and in the sixth; None before any is over."""
    first, sixth = (_share_active(cohorts, number) for number in (1, 6))
    if first is None:
        return None
    if sixth is None:
        return said("cohorts.first_only", first=percent(*first))
    return said("cohorts.both", first=percent(*first), sixth=percent(*sixth))


def _share_active(cohorts: Sequence[Cohort], number: int) -> tuple[int, int] | None:
    old_enough = [cohort for cohort in cohorts if len(cohort.active) >= number]
    if not old_enough:
        return None
    return sum(cohort.active[number - 1] for cohort in old_enough), sum(cohort.customers for cohort in old_enough)


def rejection(failure: Failure) -> Both:
    """Why rows of a kind of file were set aside."""
    kind = failure.table.removeprefix("row.")
    return said("rejected.rule", kind=named("kind", kind), rule=rule_name(failure.check))


def rule_name(rule: str) -> Both:
    """A row rule in words, such as "the price is missing"."""
    column, _, ending = rule.rpartition("_")
    if ending in OF_COLUMN and f"column.{column}" in texts():
        return said(f"rule.{ending}", column=said(f"column.{column}"))
    return named("rule", rule)


def checks_headline(checks: int, failed: int, critical: int) -> Both:
    """How many checks held."""
    if not checks:
        return said("checks_page.not_asked")
    counts = {"all": count(checks), "failed": count(failed), "critical": count(critical)}
    if critical:
        return said("checks_page.critical", critical, critical=counts["critical"], all=counts["all"])
    if failed:
        return said("checks_page.warnings", failed, failed=counts["failed"], all=counts["all"])
    return said("checks_page.all_held", checks, all=counts["all"])


def check_name(table: str, check: str) -> Both:
    """What a check of a table asks, in words; its name where there are none."""
    if table == ACCOUNT:
        return said("check.rows_add_up")
    asked, _, columns = check.partition("(")
    key = f"check.{asked}"
    return said(key, columns=columns.removesuffix(")")) if key in texts() else Both(check, check)


def model_name(model: str) -> Both:
    """What a model (a value of the column `model`) does, and what it cannot."""
    if model == NO_MODEL:
        return said("model.none")
    visits, _, spend = model.partition("+")
    sentences = [named("model", visits), named("model", spend or "no_spend"), said("model.estimate")]
    return joined(sentences)
