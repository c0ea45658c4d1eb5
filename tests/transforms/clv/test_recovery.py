"""The Pareto/NBD finds the parameters of a plain shop, and is as sure of them as it may be."""

from datetime import date

import pytest
from scipy.stats import chi2

from tests.transforms.clv.recovery import history_of, true_parameters, wald_statistic
from transforms.simulator.plain import plain_shop

FIRST, UNTIL = date(2023, 11, 23), date(2026, 11, 21)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_fit_is_within_its_own_errors_of_the_truth(seed: int) -> None:
    shop = plain_shop(seed, 20_000, FIRST, UNTIL)
    # Seeds are fixed, so this cannot fail by chance; an honest sample breaks the bound once in a thousand.
    assert wald_statistic(history_of(shop, UNTIL), true_parameters(shop)) < chi2.ppf(0.999, df=4)


def test_a_wrong_truth_is_seen() -> None:
    shop = plain_shop(1, 20_000, FIRST, UNTIL)
    doubled = true_parameters(shop) | {"beta": 200.0}
    assert wald_statistic(history_of(shop, UNTIL), doubled) > chi2.ppf(0.999, df=4)
