"""How well the model in use has foretold, as pictures: beside other ways of foretelling, and score by score."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flows.report.charts.bars import Bar, bars_chart
from flows.report.charts.calibration import SHARES, calibration_chart
from flows.report.charts.look import DARK, HALF, LIGHT, MIDDLE
from flows.report.charts.picture import Picture, picture
from flows.report.findings import Findings
from flows.report.numerals import count, signed_percent
from flows.report.proof import Compared, Proof
from flows.report.proof_wording import METRIC_BIAS, rival_name, short_model, verdict
from flows.report.texts import Both, named, said
from transforms.contracts.value import BASELINES

BUYS, ORDERS = ("loglik", "log_loss_90d", "brier_90d"), ("rmse_orders_90d", METRIC_BIAS)
"""Whether somebody buys, and how often."""
WITHOUT_LENGTH = "loglik"
"""All others are errors, of which less is better."""


def _foretold(metrics: Sequence[str], found: Findings) -> Picture | None:
    proof = found.proof
    if proof is None:
        return None
    bars = [bar for metric in metrics if metric != WITHOUT_LENGTH for bar in _bars(proof, metric)]
    rows = [
        (
            named("metric", one.metric),
            rival_name(one.rival),
            figure(one.metric, one.ours),
            figure(one.metric, one.theirs),
            verdict(one.verdict),
        )
        for one in proof.compared
        if one.metric in metrics
    ]
    header = [said(f"proof.{name}") for name in ("metric", "rival", "ours", "theirs", "verdict")]
    return picture(partial(bars_chart, bars), HALF, said("proof.alternative"), header, rows) if bars else None


def _bars(proof: Proof, metric: str) -> list[Bar]:
    compared = [one for one in proof.compared if one.metric == metric]
    shown = [one for one in compared if one.rival in BASELINES]
    if others := [one for one in compared if one.rival not in BASELINES]:
        shown.append(min(others, key=lambda one: (abs(one.theirs), one.rival)))
    if not shown:
        return []
    longest = max(abs(shown[0].ours), *(abs(one.theirs) for one in shown)) or 1.0
    ours = Bar(
        said("proof.in_use", model=short_model(proof.model)),
        abs(shown[0].ours) / longest,
        figure(metric, shown[0].ours),
        DARK,
        named("metric", metric),
    )
    return [ours, *(_rival(one, longest) for one in shown)]


def _rival(one: Compared, longest: float) -> Bar:
    label = said("proof.rival_and_verdict", rival=rival_name(one.rival), verdict=verdict(one.verdict))
    colour = LIGHT if one.rival in BASELINES else MIDDLE
    return Bar(label, abs(one.theirs) / longest, figure(one.metric, one.theirs), colour)


def figure(metric: str, number: float) -> str:
    """A metric as people read it: the bias in percent, the others with three decimals."""
    return signed_percent(number) if metric == METRIC_BIAS else f"{number:.3f}".replace("-", "\u2212")


def _calibration(score: str, found: Findings) -> Picture | None:
    tenths = found.calibration.get(score)
    if not tenths:
        return None
    rows = [(_as_told(score, one.predicted), _as_told(score, one.observed), count(one.customers)) for one in tenths]
    header = [said(f"calibration.{name}_{score}") for name in ("foretold", "seen")]
    alternative = said(f"calibration.alternative_{score}")
    drawn = partial(calibration_chart, tenths, score)
    return picture(drawn, HALF, alternative, (*header, said("table.customers")), rows)


def _as_told(score: str, number: float) -> Both | str:
    return f"{100 * number:.1f}%" if score in SHARES else f"{number:.3f}"


PICTURES: Mapping[str, Callable[[Findings], Picture | None]] = {
    "foretold_buys": partial(_foretold, BUYS),
    "foretold_orders": partial(_foretold, ORDERS),
    "calibration_churn_risk_90d": partial(_calibration, "churn_risk_90d"),
    "calibration_expected_orders_90d": partial(_calibration, "expected_orders_90d"),
}
