"""Customer value: from purchase histories to who is still a customer, how often they will buy and for how much."""

from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.clv.times.two_kinds import TwoBetaGeo, TwoModifiedBetaGeo

__all__ = ["BetaGeo", "GammaGamma", "ModifiedBetaGeo", "ParetoNBD", "TwoBetaGeo", "TwoModifiedBetaGeo"]
