"""Proof that a behaviour may run on a body, before it runs.

``check`` lists what is wrong, ``Prover`` makes certificates of many behaviours, ``certified`` asks
whether one holds.
"""

from robotics.certify.proving import Proof as Proof
from robotics.certify.proving import Prover as Prover
from robotics.certify.proving import check as check
from robotics.robots.proven import certified as certified
